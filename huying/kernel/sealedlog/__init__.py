"""A sealed log: rows chained and signed in batches; serves the audit and evidence of exchange.

Nothing here knows Django or a database, so that an auditor can check an export anywhere:
`python -m huying.kernel.sealedlog FILE [--anchor ANCHORS]`.
"""
