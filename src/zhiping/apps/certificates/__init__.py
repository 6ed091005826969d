"""Certificates (证书): numbers, issue, correction, annulment, status as of a day."""
