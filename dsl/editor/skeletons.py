"""Beginnings of declarations, to be filled in: `${1:name}` is the first place to type at, and so on."""

from __future__ import annotations

import re
from types import MappingProxyType

SKELETONS = MappingProxyType(
    {
        "policy": 'policy "${1:Name}"\n    language 1\n    timezone "${2:Europe/Amsterdam}"\nend',
        "field": "field ${1:contract.custom.name} is ${2:text}",
        "set": 'set ${1:name} is "${2:A}", "${3:B}"',
        "define": 'define ${1:name} as ${2:contract.type.code is "EMP"}',
        "role": 'role ${1:name} "${2:What it is for}"\n    permission "${3:Permission}" in ${4:ad}\nend',
        "rule": (
            'rule ${1:name} "${2:What it gives, to whom}"\n    owner "${3:iam@example.org}"\n'
            "    when ${4:contract is active}\n    grant ${5:account in ad}\nend"
        ),
        "target": 'target ${1:ad} "${2:Active Directory}"\n    limit revoke account to ${3:5} or ${4:2} %\nend',
        "exclude": (
            'exclude ${1:name} "${2:Whom, and why}"\n    person "${3:10001}"\n    because "${4:Who decided it}"\nend'
        ),
        "never": (
            'never ${1:name} "${2:What nobody does at once}"\n    permission "${3:One}" in ${4:ad}\n'
            '    together with permission "${5:Other}" in ${6:ad}\n    severity ${7:high}\n    because "${8:Why}"\nend'
        ),
        "event": (
            'event ${1:name} "${2:What happened}"\n    on grant account in ${3:ad}\n'
            '    notify person.primary_manager using "${4:template}"\nend'
        ),
        "test": (
            'test "${1:Who gets what}"\n    person "${2:P1}"\n        contract "${3:C1}"\n'
            '            type.code: "${4:EMP}"\n            start_date: ${5:2026-03-01}\n        end\n    end\n'
            "    on ${6:2026-03-01} expect ${7:account in ad}\nend"
        ),
    }
)
"""By the word that begins the declaration."""

_PLACE = re.compile(r"\$\{\d+:([^}]*)\}")


def filled(skeleton: str) -> str:
    """Give a skeleton with every place filled in as it is proposed."""
    return _PLACE.sub(r"\1", skeleton)
