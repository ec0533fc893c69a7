"""What a PDF says of itself in XMP, which readers, libraries and screen readers ask before they open a page."""

from __future__ import annotations

from xml.sax.saxutils import escape

from storytailor.book.model import Book

_MADE_BY_MODELS = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"


def packet(book: Book, description: str, keywords: str, *, pdf_ua: bool) -> bytes:
    """The XMP packet (ISO 16684-1): title, language, dates, and that models made what is in the file.

    With `pdf_ua` it claims to be PDF/UA-1, as ISO 14289-1 asks of a file that is.
    """
    claim = "   <pdfuaid:part>1</pdfuaid:part>\n" if pdf_ua else ""
    date = book.modified.strftime("%Y-%m-%dT%H:%M:%SZ")
    language, title = escape(book.language, {'"': "&quot;"}), escape(book.content.title)
    return f"""<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about=""
    xmlns:dc="http://purl.org/dc/elements/1.1/"
    xmlns:pdf="http://ns.adobe.com/pdf/1.3/"
    xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/"
    xmlns:xmp="http://ns.adobe.com/xap/1.0/"
    xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/">
   <dc:format>application/pdf</dc:format>
   <dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
   <dc:description><rdf:Alt><rdf:li xml:lang="x-default">{escape(description)}</rdf:li></rdf:Alt></dc:description>
   <dc:creator><rdf:Seq><rdf:li>Storytailor</rdf:li></rdf:Seq></dc:creator>
   <dc:language><rdf:Bag><rdf:li>{language}</rdf:li></rdf:Bag></dc:language>
{claim}   <pdf:Producer>ReportLab</pdf:Producer>
   <pdf:Keywords>{escape(keywords)}</pdf:Keywords>
   <xmp:CreatorTool>Storytailor</xmp:CreatorTool>
   <xmp:CreateDate>{date}</xmp:CreateDate>
   <xmp:ModifyDate>{date}</xmp:ModifyDate>
   <Iptc4xmpExt:DigitalSourceType>{_MADE_BY_MODELS}</Iptc4xmpExt:DigitalSourceType>
  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>""".encode()
