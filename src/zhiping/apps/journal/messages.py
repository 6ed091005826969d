"""Code → Chinese sentence."""

MESSAGES: dict[str, str] = {
    "journal.document_refused": "文件“{name}”未被接收：{reason}。请换一份 PDF、JPG、PNG、DOCX 或 XLSX 文件（不超过 {limit_mb} MB）。",
}
