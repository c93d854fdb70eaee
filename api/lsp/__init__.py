"""The language server: `ordain lsp`. The only room that knows pygls and the types of the protocol."""
