"""The places a story can happen in: a name and a function that dresses an empty stage."""

from __future__ import annotations

from emulator_models.illustrator.places import (
    bed_boat,
    countryside,
    home,
    lighthouse_tower,
    shore,
    town,
    wilderness,
    wonder,
    workrooms,
)
from emulator_models.illustrator.stage import Place

PLACES: dict[str, Place] = {
    "forest": countryside.forest,
    "meadow": countryside.meadow,
    "garden": countryside.garden,
    "farm": countryside.farm,
    "mountain": wilderness.mountain,
    "snow": wilderness.snow,
    "desert": wilderness.desert,
    "treehouse": countryside.treehouse,
    "beach": shore.beach,
    "sea": shore.sea,
    "underwater": shore.underwater,
    "river": shore.river_bank,
    "lighthouse": shore.lighthouse,
    "inside_lighthouse": lighthouse_tower.inside_the_lighthouse,
    "island": shore.island,
    "city": town.city,
    "market": town.market,
    "park": town.park,
    "rooftop": town.rooftop,
    "station": town.station,
    "bedroom": home.bedroom,
    "kitchen": home.kitchen,
    "living_room": home.living_room,
    "classroom": workrooms.classroom,
    "library": workrooms.library,
    "attic": home.attic,
    "workshop": workrooms.workshop,
    "castle": wonder.castle,
    "cave": wonder.cave,
    "planet": wonder.planet,
    "spaceship": wonder.spaceship,
    "clouds": wonder.clouds,
    "bed_boat": bed_boat.bed_boat,
}
