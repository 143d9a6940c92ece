"""What people type, and which unit, place or kind is the right answer: the policy of the search.

Asked of the demonstration's court over the real comarcas. Sinop, Rondonópolis and Várzea Grande
are large comarcas, Sorriso and Cáceres middle ones, Canarana has two varas, Vera a single one.
"""

import pytest

from canais_app.directory.views import SearchAnswer, UnitCard
from tests.directory.conftest import Ask

OUVIDORIA = "Ouvidoria"


def _first_three(answer: SearchAnswer) -> list[UnitCard]:
    return answer.items[:3]


def _comarcas(answer: SearchAnswer) -> set[str]:
    return {card.comarca for card in answer.items}


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("2ª vara cível de rondonópolis", "2ª Vara Cível de Rondonópolis"),
        ("2a civel rondonopolis", "2ª Vara Cível de Rondonópolis"),
        ("2.ª Vara Cível - Rondonópolis/MT", "2ª Vara Cível de Rondonópolis"),
        ("segunda vara civel rondonopolis", "2ª Vara Cível de Rondonópolis"),
        ("II vara cível rondonópolis", "2ª Vara Cível de Rondonópolis"),
        ("nº 2 vara civel rondonopolis", "2ª Vara Cível de Rondonópolis"),
        ("VARA CIVEL 02 RONDONOPOLIS", "2ª Vara Cível de Rondonópolis"),
        ("vara civel 2 rondonopolis", "2ª Vara Cível de Rondonópolis"),
        ("rondonopolis civel 2", "2ª Vara Cível de Rondonópolis"),
        ("vara dois civel rondonopolis", "2ª Vara Cível de Rondonópolis"),
        ("décima primeira vara cível de cuiabá", "11ª Vara Cível de Cuiabá"),
        ("XI vara civel cuiaba", "11ª Vara Cível de Cuiabá"),
        ("11 civel cuiaba", "11ª Vara Cível de Cuiabá"),
        ("1ª vara canarana", "1ª Vara de Canarana"),
        ("3a fazenda publica cuiaba", "3ª Vara da Fazenda Pública de Cuiabá"),
        ("6 juizado especial civel cuiaba", "6º Juizado Especial Cível de Cuiabá"),
        ("3º jec cuiabá", "3º Juizado Especial Cível de Cuiabá"),
        ("terceira camara de direito publico", "3ª Câmara de Direito Público e Coletivo"),
        ("2a turma recursal", "2ª Turma Recursal"),
    ],
)
def test_an_ordinal_is_understood_in_each_of_its_forms(ask: Ask, words: str, name: str) -> None:
    """Because 1ª, 1a, 1.ª, primeira, I, nº 1 and "vara 1" are one number to who says them."""
    assert ask(words).items[0].name == name


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("sinop juizado especial civel", "Juizado Especial Cível de Sinop"),
        ("sinop, cível, juizado especial", "Juizado Especial Cível de Sinop"),
        ("foro diretoria colider", "Diretoria do Foro de Colíder"),
        ("unica vara vera", "Vara Única de Vera"),
        ("vara unica em vera", "Vara Única de Vera"),
        ("mirassol doeste cejusc", "CEJUSC de Mirassol d'Oeste"),
        ("cejusc de mirassol d oeste", "CEJUSC de Mirassol d'Oeste"),
        ("CEJUSC MIRASSOL D'OESTE", "CEJUSC de Mirassol d'Oeste"),
        ("cejusc mirassol d’oeste", "CEJUSC de Mirassol d'Oeste"),
        ("vara unica de santo antonio do leverger", "Vara Única de Santo Antônio de Leverger"),
        ("vice presidencia", "Vice-Presidência do Tribunal de Justiça"),
        ("corregedoria geral", "Corregedoria-Geral da Justiça"),
        ("orgao especial", "Órgão Especial"),
        ("tribunal pleno", "Tribunal Pleno"),
        ("nucleo 4.0 bancario", "Núcleo de Justiça 4.0 de Direito Bancário"),
        ("nucleo de justica 4 0 execucao fiscal", "Núcleo de Justiça 4.0 de Execução Fiscal"),
    ],
)
def test_order_accents_hyphens_and_apostrophes_do_not_matter(
    ask: Ask, words: str, name: str
) -> None:
    """Because nobody types a name as the Tribunal writes it."""
    assert ask(words).items[0].name == name


SUBJECTS = {
    "família e sucessões": (
        "pensão", "pensao alimenticia", "alimentos", "guarda", "guarda compartilhada", "divórcio",
        "quero me divorciar", "separação", "união estável", "paternidade", "exame de dna",
        "inventário", "herança", "testamento", "partilha de bens", "interdição", "visitas",
    ),
    "juizado especial cível": (
        "nome sujo", "nome negativado", "serasa", "spc", "pequenas causas", "consumidor", "JEC",
        "cobrança indevida", "produto com defeito",
    ),
    "juizado especial criminal": ("jecrim", "juizado criminal"),
    "cível": (
        "despejo", "aluguel", "usucapião", "dano moral", "reintegração de posse", "contrato",
        "plano de saúde", "acidente de trânsito", "cumprimento de sentença",
    ),
    "criminal": ("crime", "homicídio", "tráfico de drogas", "júri", "audiência de custódia"),
    "execução penal": (
        "preso", "VEP", "regime semiaberto", "tornozeleira", "progressão de regime",
        "livramento condicional",
    ),
    "violência doméstica": ("maria da penha", "medida protetiva", "agressão", "violência"),
    "infância e juventude": ("adoção", "menor", "viagem de menor", "ato infracional", "ECA"),
    "fazenda pública": (
        "servidor público", "contra o estado", "remédio do sus", "cirurgia", "saúde", "prefeitura",
    ),
}  # fmt: skip


@pytest.mark.parametrize(
    ("words", "subject"),
    [(words, subject) for subject, every in SUBJECTS.items() for words in every],
)
def test_a_life_situation_finds_the_competent_court(ask: Ask, words: str, subject: str) -> None:
    """Because people name what happened to them, not the competence. Sinop has all these varas."""
    for text in (f"{words} sinop", f"{words} em Sinop", f"sinop {words}"):
        found = _first_three(ask(text))
        assert found, text
        assert all(subject in card.competences for card in found), text
        assert all(card.comarca == "Sinop" for card in found), text


# What was missing from the table: the words, who judges it, and why.
LAY_WORDS = (
    ("assalto", "criminal", "roubo: Código Penal (CP), art. 157"),
    ("golpe", "criminal", "estelionato: CP, art. 171"),
    ("estupro", "criminal", "CP, art. 213"),
    ("abuso sexual", "criminal", "CP, arts. 213 a 218-C"),
    ("porte de arma", "criminal", "Lei 10.826/2003, art. 14"),
    ("racismo", "criminal", "Lei 7.716/1989: pena acima de dois anos"),
    ("injúria racial", "criminal", "Lei 7.716/1989, art. 2º-A: não é a injúria do juizado"),
    ("embriaguez ao volante", "criminal", "Código de Trânsito, art. 306: até três anos"),
    ("receptação", "criminal", "CP, art. 180"),
    ("jurado", "criminal", "quem é chamado ao júri: CPP, art. 436"),
    ("alvará de soltura", "criminal", "CPP, art. 685; o outro alvará é das sucessões"),
    ("mandado de prisão", "criminal", "CPP, art. 285"),
    ("saidinha", "execução penal", "saída temporária: Lei 7.210/1984, art. 122"),
    ("indulto", "execução penal", "Lei 7.210/1984, art. 188"),
    ("calúnia", "juizado especial criminal", "até dois anos: Lei 9.099/1995, art. 61"),
    ("difamação", "juizado especial criminal", "até um ano: Lei 9.099/1995, art. 61"),
    ("injúria", "juizado especial criminal", "até seis meses: Lei 9.099/1995, art. 61"),
    ("som alto", "juizado especial criminal", "Lei das Contravenções Penais, art. 42"),
    ("barulho", "juizado especial criminal", "Lei das Contravenções Penais, art. 42"),
    ("conselho tutelar", "infância e juventude", "revê o que ele decide: ECA, art. 137"),
    ("creche", "infância e juventude", "matrícula de menores: STJ, Tema 1058"),
    ("vaga em creche", "infância e juventude", "matrícula de menores: STJ, Tema 1058"),
    ("abrigo", "infância e juventude", "acolhimento: ECA, art. 101, VII"),
    ("família acolhedora", "infância e juventude", "ECA, art. 34; não é vara de família"),
    ("ex-marido", "família e sucessões", "alimentos, guarda e partilha depois da separação"),
    ("viúva", "família e sucessões", "inventário e herança: Código Civil, art. 1.784"),
    ("espancada", "violência doméstica", "Lei 11.340/2006, art. 7º, I"),
    ("negativado", "juizado especial cível", "CDC, art. 43; Lei 9.099/1995, art. 3º"),
    ("bagagem extraviada", "juizado especial cível", "CDC, art. 14; Lei 9.099/1995, art. 3º"),
    ("garantia de produto", "juizado especial cível", "CDC, art. 18; não é Guarantã"),
    ("produto não entregue", "juizado especial cível", "CDC, art. 35"),
    ("RPV", "fazenda pública", "requisição de pequeno valor: CPC, art. 535, § 3º, II"),
    ("fiador", "cível", "Código Civil, art. 818"),
    ("batida de carro", "cível", "indenização: Código Civil, art. 927"),
    ("erro médico", "cível", "indenização: Código Civil, art. 951"),
    ("seguro de vida", "cível", "Código Civil, art. 789"),
    ("superendividamento", "cível", "CDC, art. 104-A"),
)


@pytest.mark.parametrize(("words", "subject", "reason"), LAY_WORDS)
def test_lay_phrases_find_the_competent_court(
    ask: Ask, words: str, subject: str, reason: str
) -> None:
    answer = ask(f"{words} sinop")
    assert all(subject in card.competences for card in _first_three(answer)), reason
    assert _comarcas(answer) == {"Sinop"}
    assert "Não entendemos" not in answer.advice
    assert answer.did_you_mean == ""


@pytest.mark.parametrize(
    ("words", "subject", "place"),
    [
        ("cnh cuiaba", "juizado especial da fazenda pública", "Cuiabá"),
        ("carteira de motorista cuiaba", "juizado especial da fazenda pública", "Cuiabá"),
        ("grilagem cuiaba", "direito agrário", "Cuiabá"),
        ("invasão de terra cuiaba", "direito agrário", "Cuiabá"),
        ("tarifa bancária cuiaba", "direito bancário", "Cuiabá"),
        ("iptu cuiabá", "execução fiscal", "Cuiabá"),
        ("divida ativa cuiaba", "execução fiscal", "Cuiabá"),
        ("execucao fiscal cba", "execução fiscal", "Cuiabá"),
        ("emprestimo consignado cuiaba", "direito bancário", "Cuiabá"),
        ("busca e apreensao cuiaba", "direito bancário", "Cuiabá"),
        ("posse rural cuiaba", "direito agrário", "Cuiabá"),
        ("jefaz cuiaba", "juizado especial da fazenda pública", "Cuiabá"),
        ("divórcio canarana", "família e sucessões", "Canarana"),
        ("crime canarana", "criminal", "Canarana"),
        ("pensão vera", "vara única", "Vera"),
        ("nome sujo vera", "vara única", "Vera"),
        ("maria da penha vera", "vara única", "Vera"),
        ("jec colniza", "vara única", "Colniza"),
    ],
)
def test_the_competent_court_depends_on_the_comarca(
    ask: Ask, words: str, subject: str, place: str
) -> None:
    """Because the capital has special varas, and a vara única judges everything."""
    answer = ask(words)
    assert subject in answer.items[0].competences
    assert _comarcas(answer) == {place}


@pytest.mark.parametrize(
    ("words", "subject", "place"),
    [
        ("maria da penha canarana", "criminal", "Canarana"),
        ("execução penal sorriso", "criminal", "Sorriso"),
        ("iptu sinop", "fazenda pública", "Sinop"),
        ("direito bancario rondonopolis", "cível", "Rondonópolis"),
        ("juizado da fazenda publica sinop", "fazenda pública", "Sinop"),
    ],
)
def test_without_a_specialised_vara_the_broader_one_answers_with_a_note(
    ask: Ask, words: str, subject: str, place: str
) -> None:
    """Because the law says who judges it then (Lei 11.340 art. 33, Lei 7.210 art. 65)."""
    answer = ask(words)
    assert subject in answer.items[0].competences
    assert _comarcas(answer) == {place}
    assert "Confirme com a unidade" in answer.advice


def test_a_subject_missing_in_a_place_finds_its_entry_units(ask: Ask) -> None:
    """Because the law leaves infância to the local organisation: a guess could be wrong."""
    answer = ask("infância sorriso")
    assert [card.kind for card in answer.items[:2]] == ["diretoria", "distribuicao"]
    assert "infância e juventude" in answer.advice


@pytest.mark.parametrize(
    ("words", "kind", "place"),
    [
        ("gabinete da 2a vara civel de sinop", "gabinete", "Sinop"),
        ("juiz da 1ª vara de família de cuiabá", "gabinete", "Cuiabá"),
        ("juíza do juizado especial criminal de vg", "gabinete", "Várzea Grande"),
        ("falar com o juiz de apiacás", "gabinete", "Apiacás"),
        ("assessoria da vara única de vera", "gabinete", "Vera"),
        ("secretaria da 1 vara civel de sorriso", "secretaria", "Sorriso"),
        ("cartorio da vara unica de vera", "secretaria", "Vera"),
        ("escrivania criminal sinop", "secretaria", "Sinop"),
        ("cejusc vg", "cejusc", "Várzea Grande"),
        ("conciliação sorriso", "cejusc", "Sorriso"),
        ("fórum de colíder", "diretoria", "Colíder"),
        ("diretoria do foro sinop", "diretoria", "Sinop"),
        ("distribuição rondonópolis", "distribuicao", "Rondonópolis"),
        ("protocolo cuiaba", "distribuicao", "Cuiabá"),
        ("certidão negativa sinop", "distribuicao", "Sinop"),
        ("carta precatória sinop", "distribuicao", "Sinop"),
        ("pid apiacas", "pid", "Apiacás"),
        ("inclusão digital vera", "pid", "Vera"),
        ("juizado sinop", "juizado", "Sinop"),
    ],
)
def test_a_kind_of_unit_is_found_in_its_place(ask: Ask, words: str, kind: str, place: str) -> None:
    """Because the magistrate is in the gabinete, the counter in the secretaria, and so on."""
    first = ask(words).items[0]
    assert (first.kind, first.comarca) == (kind, place)


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("gabinete da 2 camara criminal", "2º Gabinete da 2ª Câmara Criminal"),
        ("secretaria da 5 camara de direito privado", "5ª Câmara de Direito Privado — Secretaria"),
        ("1ª câmara criminal", "1ª Câmara Criminal"),
        ("desembargador direito publico", "1º Gabinete da 1ª Câmara de Direito Público e Coletivo"),
        ("precatório", "Presidência do Tribunal de Justiça"),
        ("recurso inominado", "1ª Turma Recursal"),
        ("juízo 100% digital", "Núcleo de Justiça 4.0 da Fazenda Pública"),
        ("reclamação contra juiz", "Ouvidoria do Poder Judiciário"),
    ],
)
def test_the_tribunal_and_what_stands_beside_the_comarcas(ask: Ask, words: str, name: str) -> None:
    assert ask(words).items[0].name == name


@pytest.mark.parametrize("words", ["desembargador criminal", "desembargadora camara criminal"])
def test_a_desembargador_sits_in_the_second_degree(ask: Ask, words: str) -> None:
    found = ask(words).items
    assert {card.kind for card in found} == {"gabinete"}
    assert all("Câmara Criminal" in card.name for card in found)


def test_a_number_belongs_to_the_word_beside_it(ask: Ask) -> None:
    """Because "1ª Câmara" must not bring the 1º gabinete of the third one."""
    found = ask("gabinete da 1a camara criminal").items
    assert len(found) == 3
    assert all("da 1ª Câmara Criminal" in card.name for card in found)


@pytest.mark.parametrize(
    ("words", "channel"),
    [
        ("whatsapp juizado sinop", "whatsapp"),
        ("zap juizado sinop", "whatsapp"),
        ("whats vara de familia vg", "whatsapp"),
        ("telefone do forum de caceres", "telefone"),
        ("ligar para o juizado de sinop", "telefone"),
        ("e-mail da 1a vara civel de cuiaba", "email"),
        ("email distribuição sinop", "email"),
        ("balcao virtual vara única vera", "balcao_virtual"),
        ("balcão 2 vara civel sinop", "balcao_virtual"),
        ("vídeo chamada família cuiaba", "balcao_virtual"),
    ],
)
def test_a_channel_is_understood_in_the_words(ask: Ask, words: str, channel: str) -> None:
    """Because who asks for a WhatsApp wants one that is there."""
    answer = ask(words)
    for card in _first_three(answer):
        assert channel in {own.kind for own in card.channels}
    assert "channel" in {part.kind for part in answer.understood}


def test_a_missing_channel_is_noted_and_the_unit_is_shown(ask: Ask) -> None:
    """Because the unit's telephone is better than nothing, and another unit's WhatsApp is worse."""
    answer = ask("whatsapp gabinete vara única vera")
    assert answer.items[0].name == "Gabinete da Vara Única de Vera"
    assert "Nenhuma destas unidades tem o canal pedido" in answer.advice


@pytest.mark.parametrize(
    ("words", "place"),
    [
        ("sinop", "Sinop"),
        ("comarca de sinop", "Sinop"),
        ("sinop/MT", "Sinop"),
        ("vg", "Várzea Grande"),
        ("cba", "Cuiabá"),
        ("roo", "Rondonópolis"),
        ("varzeagrande", "Várzea Grande"),
        ("tangará", "Tangará da Serra"),
        ("lucas", "Lucas do Rio Verde"),
        ("primavera", "Primavera do Leste"),
        ("quatro marcos", "São José dos Quatro Marcos"),
        ("4 marcos", "São José dos Quatro Marcos"),
        ("leverger", "Santo Antônio de Leverger"),
        ("mirassol", "Mirassol d'Oeste"),
        ("pontes e lacerda", "Pontes e Lacerda"),
        ("rosario do oeste", "Rosário Oeste"),
        ("feliz natal", "Feliz Natal"),
        ("confresa", "Porto Alegre do Norte"),
        ("canabrava do norte", "Porto Alegre do Norte"),
        ("santa terezinha", "Vila Rica"),
        ("uniao do sul", "Cláudia"),
        ("figueiropolis d oeste", "Jauru"),
    ],
)
def test_a_place_is_found_by_name_nickname_or_served_town(ask: Ask, words: str, place: str) -> None:
    """Because a town without a comarca of its own is served by another; its front door first."""
    answer = ask(words)
    assert _comarcas(answer) == {place}
    assert answer.items[0].kind == "diretoria"
    assert _comarcas(ask(f"vara {words}")) == {place}


@pytest.mark.parametrize(
    "words",
    [
        "acorizal", "vara de acorizal", "vara denise", "nova olimpia", "general carneiro familia",
        "nossa senhora do livramento", "livramento", "telefone do forum de jangada",
        "castanheira pensão", "lambari d'oeste",
    ],
)  # fmt: skip
def test_a_town_whose_comarca_is_not_confirmed_gets_no_unit(ask: Ask, words: str) -> None:
    """Because sending a person to the wrong comarca is the worst failure."""
    answer = ask(words)
    assert answer.items == []
    assert "Ainda não confirmamos" in answer.advice
    assert OUVIDORIA in answer.advice


@pytest.mark.parametrize(
    "words",
    [
        "goiania", "vara civel goiania", "campo grande vara de familia", "são paulo", "brasilia",
        "rondonia", "porto velho", "civel curitiba", "belem vara criminal", "ji-paraná vara civel",
        "divórcio em salvador", "fórum de aragarças", "pensão anápolis", "mato grosso do sul",
    ],
)  # fmt: skip
def test_a_town_of_another_state_finds_no_unit(ask: Ask, words: str) -> None:
    answer = ask(words)
    assert answer.items == []
    assert "fica fora de Mato Grosso" in answer.advice


@pytest.mark.parametrize(
    ("words", "meant"),
    [("jaru", "Jauru"), ("vara criminal diamantina", "vara criminal Diamantino")],
)
def test_a_town_of_another_state_with_a_near_name_is_suggested(
    ask: Ask, words: str, meant: str
) -> None:
    """Because Jaru lies in Rondônia: it may be a slip of Jauru, and may be no slip."""
    answer = ask(words)
    assert answer.items == []
    assert answer.did_you_mean == meant


@pytest.mark.parametrize(
    ("words", "place"),
    [
        ("porto alegre", "Porto Alegre do Norte"),
        ("rio verde", "Lucas do Rio Verde"),
        ("natal", "Feliz Natal"),
        ("união", "União do Sul"),
        ("guimarães", "Chapada dos Guimarães"),
    ],
)
def test_a_partial_place_name_is_suggested_in_full(ask: Ask, words: str, place: str) -> None:
    assert ask(words).did_you_mean == place
    assert ask(f"vara criminal {words}").did_you_mean == f"vara criminal {place}"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("barra", "Barra do Bugres ou Barra do Garças"),
        ("vara criminal barra", "Barra do Bugres ou Barra do Garças"),
        ("xingu", "Santa Cruz do Xingu ou São José do Xingu"),
        ("vara de jaura", "Jauru ou Juara"),
    ],
)
def test_an_ambiguous_partial_name_lists_the_places(ask: Ask, words: str, said: str) -> None:
    answer = ask(words)
    assert f"pode ser {said}" in answer.advice
    assert len(_comarcas(answer)) > 1


@pytest.mark.parametrize(
    "words", ["vara civel de xyzlandia", "forum de gotham", "comarca de atlantis", "divórcio em oz"]
)
def test_an_unknown_place_finds_nothing(ask: Ask, words: str) -> None:
    answer = ask(words)
    assert answer.items == []
    assert "Não conhecemos" in answer.advice


def test_a_sure_place_wins_over_a_partial_name(ask: Ask) -> None:
    """Because "união", "Santos" or "boa" beside Cuiabá are no places."""
    for words in ("dissolução de união cuiabá", "juiz santos cuiabá", "boa noite vara cuiabá"):
        assert _comarcas(ask(words)) == {"Cuiabá"}, words


def test_two_places_are_both_shown(ask: Ask) -> None:
    assert _comarcas(ask("família sinop sorriso", limit=60)) == {"Sinop", "Sorriso"}


@pytest.mark.parametrize(
    ("words", "meant", "place"),
    [
        ("civel rondonopols", "civel Rondonópolis", "Rondonópolis"),
        ("varzea grnde juizado", "Várzea Grande juizado", "Várzea Grande"),
        ("vara barra do garsas", "vara Barra do Garças", "Barra do Garças"),
        ("ponte e lacerda", "Pontes e Lacerda", "Pontes e Lacerda"),
        ("lucaz do rio verde", "Lucas do Rio Verde", "Lucas do Rio Verde"),
        ("vara ciovel sinop", "vara Cível sinop", "Sinop"),
        ("varacivel sinop", "Vara Cível sinop", "Sinop"),
        ("varadefamilia sinop", "Vara de Família sinop", "Sinop"),
        ("juizadoespecialcivel sinop", "Juizado Especial Cível sinop", "Sinop"),
        ("vara da azenda pública sinop", "vara da Fazenda pública sinop", "Sinop"),
        ("vara cível çinop", "vara cível Sinop", "Sinop"),
    ],
)
def test_a_misspelling_is_corrected_and_suggested(
    ask: Ask, words: str, meant: str, place: str
) -> None:
    answer = ask(words)
    assert answer.did_you_mean == meant
    assert _comarcas(answer) == {place}


@pytest.mark.parametrize(
    "words",
    ["varas criminais sinop", "juizados sinop", "civeis sinop", "gabinetes sinop", "sin op jec"],
)
def test_a_plural_is_not_a_misspelling(ask: Ask, words: str) -> None:
    answer = ask(words)
    assert answer.did_you_mean == ""
    assert _comarcas(answer) == {"Sinop"}


@pytest.mark.parametrize(
    "words",
    [
        "boa tarde, qual o telefone da vara de família de sinop?",
        "como faço para pedir pensão para meu filho em sinop",
        "quero saber o número da vara de família de sinop por favor",
        "onde fica a vara de família em sinop",
        "olá! preciso falar com a vara de família de sinop",
    ],
)
def test_whole_sentences_are_understood(ask: Ask, words: str) -> None:
    for card in _first_three(ask(words)):
        assert card.comarca == "Sinop"
        assert "família e sucessões" in card.competences


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("trabalhista cuiaba", "Justiça do Trabalho"),
        ("título de eleitor", "Justiça Eleitoral"),
        ("juiz de paz", "cartórios extrajudiciais"),
        ("certidão de nascimento sinop", "cartórios extrajudiciais"),
        ("defensoria pública sinop", "Defensoria"),
        ("boletim de ocorrência", "190"),
        ("justiça federal cuiabá", "só há unidades do TJMT"),
    ],
)
def test_matters_of_other_institutions_get_a_sentence_and_no_unit(
    ask: Ask, words: str, said: str
) -> None:
    answer = ask(words)
    assert answer.items == []
    assert said in answer.advice


@pytest.mark.parametrize("words", ["plantão sinop", "juiz de plantão em sinop", "plantao sinop"])
def test_the_plantao_is_explained_beside_the_comarca(ask: Ask, words: str) -> None:
    answer = ask(words)
    assert "plantão judiciário" in answer.advice
    assert _comarcas(answer) == {"Sinop"}


@pytest.mark.parametrize(
    "words",
    [
        "", "de", "😀", "%", "_", "\\", "*", "'; DROP TABLE unit; --", "%' OR '1'='1", "\x00",
        "<script>alert(1)</script>", "zzyzx qqwwk", "  \t ", "\u202esinop", "ﬁ", "١٢٣", "a" * 200,
        "vara " * 40, "1 " * 100, "0" * 12,
    ],
)  # fmt: skip
def test_any_text_is_answered_with_units_or_advice(ask: Ask, words: str) -> None:
    answer = ask(words)
    says = answer.advice + (answer.case.message if answer.case else "")
    assert answer.items or OUVIDORIA in says or "Nenhuma unidade tem" in says or answer.case


@pytest.mark.parametrize("words", ["😀", "%", "zzyzx qqwwk", "<script>alert(1)</script>"])
def test_meaningless_text_finds_nothing(ask: Ask, words: str) -> None:
    assert ask(words).items == []


def _phone(answer: SearchAnswer) -> str:
    return next(c.value for c in answer.items[0].channels if c.kind == "telefone")


@pytest.mark.parametrize(
    "format_",
    [
        "({a}) {b}-{c}", "{a}{b}{c}", "+55 {a} {b}-{c}", "+55{a}{b}{c}", "0{a} {b} {c}",
        "0xx{a} {b}-{c}", "55 {a} {b}.{c}", "{b}-{c}", "{b}{c}", "telefone ({a}) {b}-{c}",
        "de quem é o {a} {b}-{c}?", "final {c}", "{c}",
    ],
)  # fmt: skip
def test_a_phone_in_any_format_finds_its_unit(ask: Ask, format_: str) -> None:
    wanted = ask("Distribuição e Protocolo de Sinop")
    area, first, last = _phone(wanted)[1:3], _phone(wanted)[5:9], _phone(wanted)[10:]
    found = ask(format_.format(a=area, b=first, c=last))
    assert wanted.items[0].slug in [card.slug for card in found.items]
    assert found.total == 1


def test_the_same_number_in_another_area_is_another_phone(ask: Ask) -> None:
    number = _phone(ask("Distribuição e Protocolo de Sinop"))
    assert number.startswith("(66)")
    assert ask(number.replace("(66)", "(65)")).items == []
    assert "Nenhuma unidade tem" in ask("(65) 3999-9999").advice


@pytest.mark.parametrize(
    "words",
    ["ouvidoria@tjmt.jus.br", "OUVIDORIA@TJMT", "ouvidoria@", "0800 647 1420", "08006471420"],
)
def test_an_email_or_a_0800_number_finds_its_unit(ask: Ask, words: str) -> None:
    assert [card.name for card in ask(words).items] == ["Ouvidoria do Poder Judiciário"]


@pytest.mark.parametrize(
    ("case", "place"),
    [
        ("0000001-68.2026.8.11.0041", "Cuiabá"),
        ("0000001-88.2026.8.11.0002", "Várzea Grande"),
        ("0000001-85.2026.8.11.0003", "Rondonópolis"),
        ("0000001-49.2026.8.11.0015", "Sinop"),
    ],
)
def test_a_case_number_in_any_punctuation_finds_its_origin(ask: Ask, case: str, place: str) -> None:
    digits = case.replace("-", "").replace(".", "")
    for words in (case, digits, case.replace(".", " "), case.replace("-", "."), f"processo {case}"):
        answer = ask(words)
        assert answer.case is not None, words
        assert f"origem: comarca de {place.lower()}" in answer.case.message.lower()
        assert "confirme a unidade no PJe" in answer.case.message
        assert _comarcas(answer) == {place}
        assert digits not in repr(answer).replace("-", "").replace(".", "")


def test_open_now_is_understood_in_the_words(ask: Ask) -> None:
    answer = ask("balcão virtual aberto agora sinop")
    assert all(card.is_open for card in answer.items)
    assert [part.kind for part in answer.understood] == ["channel", "open_now", "comarca"]
    assert answer.understood[1].rest == "balcão virtual sinop"


def test_unknown_words_are_named(ask: Ask) -> None:
    answer = ask("despejo kombucha sinop")
    assert "Não entendemos “kombucha”" in answer.advice
    assert _comarcas(answer) == {"Sinop"}


def test_a_missing_number_shows_the_other_units(ask: Ask) -> None:
    answer = ask("5ª vara de família de sinop")
    assert "Não há unidade com esse número" in answer.advice
    assert all("Vara de Família de Sinop" in card.name for card in _first_three(answer))
