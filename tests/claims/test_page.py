"""The page of the documentation is made of a folder that holds all claims, and of no other."""

from __future__ import annotations

import json

from regime_abm import api
from tests.claims.tiny import claim_file
from tools import claims_page


def test_page_and_tables_are_put_into_the_documentation(tmp_path, capsys):
    out, docs = tmp_path / "out", tmp_path / "docs"
    docs.mkdir()
    assert claims_page.main([str(out)], docs) == 2
    api.claims([str(claim_file(tmp_path))], draws=4, replicates=2, folder=out, command="regime-abm claims --draws 4")
    assert claims_page.main([str(out)], docs) == 0
    page = (docs / "claims.md").read_text()
    assert "regime-abm claims --draws 4" in page
    assert {path.name for path in (docs / "claims").iterdir()} == {"claims.csv"}
    told = json.loads((out / "claims.json").read_text()) | {"left_out": {"H9": "unknown module"}}
    (out / "claims.json").write_text(json.dumps(told))
    assert claims_page.main([str(out)], docs) == 2
    assert "H9 left out" in capsys.readouterr().err
