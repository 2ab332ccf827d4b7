"""XML documents as text."""

import xml.etree.ElementTree as ET


def document(root: ET.Element) -> str:
    """Returns an XML document, indented."""
    ET.indent(root, " ")
    head = '<?xml version="1.0" encoding="UTF-8"?>\n'
    return head + ET.tostring(root, encoding="unicode") + "\n"
