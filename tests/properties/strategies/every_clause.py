"""One policy in the language's own words that has every declaration, every clause and most operators in it."""

from __future__ import annotations

EVERY_CLAUSE = """
policy "Meridian Care"
    language 1
    timezone "Europe/Amsterdam"
    primary contract by active first, details.fte highest, end_date latest
    primary manager from department of primary contract, or above
end
field contract.type.code is one of "EMP", "INT" required
field person.custom.vip is flag
set service-desks is "SD-NORTH", "SD-SOUTH"
set sites from "sites.csv" column "code"
define care-staff as contract.type.code in ("EMP", "INT") and contract.department is "CARE" or below
define strange as none of (not (person.excluded), contract.start_date is on or after 14 days before today,
    contract.details.fte is at most 0.5, contract.title.name starts with "N", person.user_name matches "[a-z]+",
    contract.end_date is unknown, contract is not active, contract.title.code not in service-desks)
role nurse-basics "What every nurse needs"
    permission "SEC-Nurse" in ad  # a comment
    role other
end
draft rule basic "Everybody"
    owner "iam@meridian.example"
    category "Birthright"
    about "For all."
    for any contract
    when care-staff and (contract.location.code not in sites or not person.custom.vip)
    starting 14 days before contract.start_date
    ending never
    grant account in ad
    grant permission "GG-{contract.department.external_id}" in ad
        starting contract.start_date
    grant role nurse-basics
    grant by contract.title.code in ad
        "NURSE", "DOCTOR" -> permission "SEC-Nurse", permission "APP-Rostering"
        "PORTER" -> account, access
        otherwise -> permission "SEC-General"
    end
        ending 2026-03-01
    grant by contract.title.code in ad from "titles.csv"
end
target ad "Active Directory"
    depends on hr using user_principal_name, name
    limit grant account to 50 or 10 %
    limit revoke account to 20 in 7 days
    on revoke account disable, delete after 90 days
end
exclude ceo "By hand"
    when any contract has (contract is active) and holds account in ad
    from ad, hr
    because "Board decision"
    approved by "ciso@meridian.example"
    until 2026-12-31
end
event joined "An account was made"
    on grant account in ad
    when contract.department is "SALES" or below
    notify "servicedesk@meridian.example" using "joined"
end
event renamed
    on update account in ad
    when account.display_name changes from "A" to "B"
    notify person.primary_manager using "renamed"
end
event preboarding
    14 days before onboarding
    notify person.primary_manager using "preboarding"
end
never four-eyes "Payments"
    permission "Create vendor" in erp
    together with permission "Approve payment" in erp
    severity critical
    because "SOX"
    except person "10020" because "Leave" until 2027-01-31
end
test "A nurse"
    department "W3" below "CARE"
    from snapshot "fixtures/people.json"
    person "P1"
        holding account in ad
        excluded: true
        contract "C1"
            type.code: "EMP"
            details.fte: 0.8
            start_date: 2026-03-15
        end
    end
    on 2026-03-01
        expect no access in ad
        expect account in ad because basic
        expect only account in ad, access in ad
        expect denied permission "X" in erp because four-eyes
        expect frozen because ceo
        person "P1" expect event joined
    on 2026-10-01 expect nothing
end
"""
