from hypothesis import given, settings

from engine.columnar.columns import columns_of
from engine.columnar.desired import desired_of
from engine.evaluate.evaluate import evaluate
from policy.entitlements import EntitlementKey, Kind
from policy.rules import CheckedPolicy
from policy.snapshot import Snapshot
from tests.properties.strategies.policies import policies
from tests.properties.strategies.towns import FIRST_DAY, snapshots


@given(policy=policies(), town=snapshots(most=4))
@settings(deadline=None)
def test_columns_tell_what_they_were_made_of(policy: CheckedPolicy, town: Snapshot) -> None:
    desired = evaluate(policy, town, FIRST_DAY).desired
    columns = desired_of(desired, columns_of(town))

    assert [*columns.items()] == [*desired.items()]
    assert len(columns) == len(desired)
    assert EntitlementKey("nobody", "ad", Kind.ACCOUNT) not in columns
    for place in range(len(columns.entitlements)):
        holders = [columns.columns.person_ids[row].as_py() for row in columns.holders(place)]
        assert holders == [key.person for key in desired if key.entitlement == columns.entitlements[place]]
