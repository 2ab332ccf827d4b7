function crc32(bytes) {
  let sum = ~0;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit++) sum = sum >>> 1 ^ (sum & 1 ? 0xedb88320 : 0);
  }
  return ~sum >>> 0;
}
function fields(...pairs) {  // little-endian: (size, value) one after another
  const view = new DataView(new ArrayBuffer(pairs.reduce((total, [size]) => total + size, 0)));
  let at = 0;
  for (const [size, value] of pairs) {
    if (size === 2) view.setUint16(at, value, true); else view.setUint32(at, value, true);
    at += size;
  }
  return new Uint8Array(view.buffer);
}
export function zip(files) {  // stored as they are: [name, bytes] of each
  const parts = [], index = [];
  let at = 0, length = 0;
  for (const [name, bytes] of files) {
    const title = new TextEncoder().encode(name), size = bytes.length;
    // Version 2.0, names in UTF-8, stored, 1 January 1980.
    const about = [[2, 20], [2, 0x800], [2, 0], [2, 0], [2, 33], [4, crc32(bytes)], [4, size], [4, size], [2, title.length], [2, 0]];
    index.push(fields([4, 0x02014b50], [2, 20], ...about, [2, 0], [2, 0], [2, 0], [4, 0], [4, at]), title);
    parts.push(fields([4, 0x04034b50], ...about), title, bytes);
    at += 30 + title.length + size;
    length += 46 + title.length;
  }
  const end = fields([4, 0x06054b50], [2, 0], [2, 0], [2, files.length], [2, files.length], [4, length], [4, at], [2, 0]);
  return new Blob([...parts, ...index, end], {type: "application/zip"});
}
