"""Which traits a figure shows: those recorded, and those its description names."""

from __future__ import annotations

from emulator_models.illustrator.figures.description import Description
from emulator_models.illustrator.figures.model import STAGE_TRAITS
from emulator_models.prompt_data import CharacterSheet

_NAMED = {
    "vitiligo_birthmark_eczema": "vitiligo|birthmark|eczema",
    "albinism": "albinism|albino",
    "hair_loss": "alopecia|bald|no hair|hair loss|patchy hair",
    "facial_difference": "cleft|port-wine|port wine|craniofacial|facial difference",
    "larger_body": "larger body|plus-size|fat|chubby|big-bodied|larger-bodied",
    "short_stature": "dwarfism|short stature|achondroplasia|little person",
    "limb_difference": "limb difference|no left \\w+|no right \\w+|missing (?:arm|hand|leg)",
    "power_wheelchair": "power(?:ed)? (?:wheel)?chair|electric wheelchair|power wheelchair",
    "manual_wheelchair": "wheelchair",
    "walker_gait_trainer": "walker|gait trainer|walking frame|rollator",
    "crutches_cane": "crutch|crutches|walking stick",
    "prosthesis": "prosthesis|prosthetic|running blade",
    "orthosis_brace": "afo|afos|orthosis|leg brace|ankle brace|splint|back brace",
    "glasses": "glasses|spectacles",
    "eye_patch_strabismus": "eye patch|eye-patch|strabismus|squint",
    "white_cane": "white cane|long cane",
    "assistance_dog": "guide dog|assistance dog|service dog",
    "hearing_aid": "hearing aids?",
    "cochlear_implant": "cochlear implants?|cochlear",
    "aac_device": "aac|talker|communication device|symbol board|communication board",
    "ear_defenders": "ear defenders|ear-defenders|noise-cancelling headphones",
    "stim_fidget": "fidget|fidgets|stim toy|stims|spinner",
    "visual_schedule": "visual schedule|visual timetable|now and next|now/next",
    "down_syndrome": "down syndrome|down's syndrome",
    "insulin_pump_cgm": "insulin|cgm|glucose sensor|glucose monitor",
    "feeding_tube": "feeding tube|nasal tube|g-tube|tummy button tube|gastrostomy",
    "oxygen_tracheostomy": "oxygen|nasal cannula|cannula|tracheostomy|trach",
    "head_covering": "hijab|patka|turban|kippah|yarmulke|headscarf",
}


def shown_traits(sheet: CharacterSheet, description: Description, omit: frozenset[str]) -> frozenset[str]:
    """The ids of the traits to draw: recorded or named in the appearance, without the omitted."""
    named = {trait for trait, words in _NAMED.items() if description.has(words)}
    if description.has(_NAMED["power_wheelchair"]) or "power_wheelchair" in sheet.trait_ids:
        named.discard("manual_wheelchair")
    if description.has("dark glasses|sunglasses") and not description.has("red glasses"):
        named.add("glasses")
    if description.has(r"no glasses|without glasses"):
        named.discard("glasses")
    return (sheet.trait_ids | named) - omit - STAGE_TRAITS
