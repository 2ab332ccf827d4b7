// A script of the old kind: opened as a file, a page loads no module.

if (location.protocol === "file:") {
  document.getElementById("about").textContent = "";
  const notice = document.getElementById("notice");
  notice.textContent = "Browsers do not run this page from a file: its folder must be served. " +
    "Run python -m http.server in it, and open localhost:8000.";
  notice.hidden = false;
}
