"""The grammar of the language and its parse tables. May import Lark and `policy.operators`; nothing of the tree."""
