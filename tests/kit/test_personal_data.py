"""Personal data in free text: every occurrence is found, and nothing else."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canais_app.kit.personal_data import describe_kinds, find_personal_data, mask_personal_data


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ("0000001-49.2026.8.11.0015", "processo"),
        ("00000014920268110015", "processo"),
        ("0000001 49 2026 8 11 0015", "processo"),
        ("pessoa@exemplo.invalid", "e-mail"),
        ("123.456.789-09", "cpf"),
        ("123 456 789 09", "cpf"),
        ("12345678909", "cpf"),
        ("11.222.333/0001-81", "cnpj"),
        ("11222333000181", "cnpj"),
        ("65999991234", "telefone"),
        ("(65)9 9999-1234", "telefone"),
        ("(65) 3000-0000", "telefone"),
        ("65 93000-0000", "telefone"),
        ("+55 65 99999-1234", "telefone"),
        ("99999-1234", "telefone"),
        ("999991234", "telefone"),
        ("3648 0000", "telefone"),
        ("0800 647 1420", "telefone"),
        ("+351 21 346 1234", "telefone"),
        ("OAB/MT 000123", "oab"),
        ("OAB 12.345/MT", "oab"),
        ("RG 1234567-8", "rg"),
        ("RG: 12.345.678-x", "rg"),
    ],
)
def test_every_form_is_masked_by_its_kind(written: str, kind: str) -> None:
    assert mask_personal_data(f"Tentei {written} e caiu.") == f"Tentei [{kind}] e caiu."
    assert mask_personal_data(f"{written}; {written}") == f"[{kind}]; [{kind}]"


@pytest.mark.parametrize(
    "plain",
    [
        "Liguei 3 vezes no dia 23/11/2026, às 14:00.",
        "É o protocolo 2026-48301927, de 2026-11-23.",
        "Esperei entre 2025 2026 e nada.",
        "Sala 1204, 2º andar, CEP 78049",
        "Erro 500 na página 12.345.678",
    ],
)
def test_other_numbers_stay(plain: str) -> None:
    assert mask_personal_data(plain) == plain


def test_a_mobile_number_is_a_cpf_only_when_called_so() -> None:
    assert mask_personal_data("meu CPF é 65999991234") == "meu CPF é [cpf]"
    assert mask_personal_data("ligue 65999991234") == "ligue [telefone]"


def test_kinds_are_told_once_and_in_order() -> None:
    text = "CPF 123.456.789-09, fones 99999-1234 e 98888-1234, outro CPF 529.982.247-25"
    assert describe_kinds(text) == ["um CPF", "um telefone"]


@given(st.text(st.sampled_from("0123456789-./() @ab+"), max_size=300))
def test_findings_are_in_order_and_apart(text: str) -> None:
    found = find_personal_data(text)
    assert all(one.end <= other.start for one, other in pairwise(found))
    assert all(text[f.start : f.end].strip() for f in found)
