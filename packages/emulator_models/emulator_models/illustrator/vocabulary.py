"""The words by which a scene tells where and when it plays, what is in it, and who does what.

Each entry is a regular expression of whole words; the reader matches them case-blind.
"""

from __future__ import annotations

BED_AFLOAT = r"bed[- ]?boats?|bed floats|floating bed"
INSIDE_LIGHTHOUSE = r"(?:inside|into|within) (?:the|an?|its) (?:\w+ )?light ?house|foot of the spiral \w+"
UNDERWATER = r"underwater"
PLACE_WORDS: dict[str, str] = {
    "underwater": r"underwater|under the (sea|waves?|water|ocean)|ocean floor|sea ?bed|coral|reef|submarine|"
    r"mermaids?|merm[ae]n",
    "lighthouse": r"light ?house|harbou?r|cliffs?",
    "island": r"islands?|lagoon|jungle|volcano|tropical",
    "beach": r"beach(es)?|sea ?shore|shore|sandcastles?|seaside|tide ?pools?|rock ?pools?|coast|dock|pier",
    "sea": r"ship|on deck|sail(s|ed|ing)?|pirates?|ocean|at sea|sea",
    "river": r"rivers?|streams?|ponds?|lakes?|brook|waterfall|riverbank|creek|canoe|stepping stones",
    "treehouse": r"tree ?house|tree ?top platform",
    "forest": r"forests?|woods?|woodland|grove|thicket|clearing|glade|oak|pines|trees",
    "garden": r"gardens?|flower ?beds?|vegetable patch|greenhouse|backyard|back yard|orchard|allotment|hedge",
    "farm": r"farms?|farmyard|barn|field of|fields|haystack|cornfield|orchard rows",
    "mountain": r"mountains?|peaks?|summit|ridge|valley|cliff path|hilltop",
    "snow": r"snow(y|fall|fields?)?|winter|ice|icy|frozen|frost|igloo|sledge|sled|sleigh",
    "desert": r"deserts?|dunes?|oasis|cactus|cacti|camels?",
    "meadow": r"meadows?|hills?|hillside|grass(y|land)?|wildflowers?|prairie|picnic",
    "market": r"markets?|stalls?|bazaar|fair|fairground|square|festival|carnival",
    "park": r"parks?|playground|swings?|slide|school ?yard|football pitch|pitch|see-?saw|skate ?park",
    "rooftop": r"roof ?tops?|balcony|observatory|roof terrace|night sky|stargazing|starry sky|watch(ing)? the stars",
    "station": r"station|trains?|platform|railway|bus stop|subway",
    "city": r"city|cities|streets?|town|village|pavement|sidewalk|avenue|shops?|bakery|cafe|neighbou?rhood",
    "bedroom": r"bed ?rooms?|beds?|pillows?|blankets?|quilt|duvet|bed ?time|nursery|asleep",
    "kitchen": r"kitchens?|oven|stove|baking|cooking|dough|recipe",
    "living_room": r"living ?room|sofa|couch|hall(way)?|lounge|at home",
    "classroom": r"class ?rooms?|schools?|teacher|lesson|desks?|blackboard|whiteboard|class",
    "library": r"librar(y|ies)|bookshel(f|ves)|bookshop|museum|reading room|archive|stacks",
    "attic": r"attics?|inside the clock tower|loft|old trunk|cellar|basement|storeroom",
    "workshop": r"workshops?|laborator(y|ies)|lab|garage|workbench|inventions?|shed|studio|theatre|theater|stage",
    "castle": r"castles?|palace|kingdom|throne|(?<!clock )tower|knights?|dragons?|courtyard|princess|prince",
    "cave": r"caves?|cavern|tunnel|grotto|crystals?|underground|mine",
    "planet": r"planets?|moon ?surface|on the moon|mars|alien|craters?|galaxy|outer space|space|asteroids?|meteor",
    "spaceship": (
        r"space ?ships?|star ?ship|space station|cockpit|control panel|rocket ship|"
        r"bridge of the ship|astronauts?"
    ),
    "bed_boat": BED_AFLOAT,
    "inside_lighthouse": INSIDE_LIGHTHOUSE,
    "clouds": (
        r"(in|above|among|on) the clouds?|cloud (castle|land|kingdom|city)|dreams?|dreamland|"
        r"sky kingdom|floating"
    ),
}
STORY_PLACES: dict[str, tuple[str, ...]] = {
    "adventure": ("mountain", "forest", "island", "river", "cave"),
    "bedtime": ("bedroom", "rooftop", "meadow", "clouds"),
    "birthday": ("living_room", "garden", "park", "kitchen"),
    "educational": ("classroom", "library", "garden", "workshop"),
    "fantasy": ("castle", "forest", "cave", "clouds"),
    "friendship": ("park", "meadow", "treehouse", "garden"),
    "mystery": ("library", "attic", "city", "lighthouse"),
    "science_fiction": ("planet", "spaceship", "workshop", "rooftop"),
    "social_skills": ("classroom", "park", "kitchen", "market"),
}
TIME_WORDS: dict[str, str] = {
    "night": r"night|midnight|moon(light|lit)?|stars|starlit|starry|dark(ness)?|asleep|lamplight|bed ?time",
    "sunset": r"sunset|dusk|evening|twilight|golden hour|sundown|afterglow|late afternoon|amber light",
    "dawn": r"dawn|sunrise|morning|daybreak|first light|early light|breakfast",
    "day": r"day(light|time)?|noon|midday|afternoon|sunny|sunshine|sunlight|bright",
}
WEATHER_WORDS: dict[str, str] = {
    "storm": r"storms?|stormy|thunder|lightning|gale",
    "rain": r"rain(y|ing|drops?|fall)?|puddles?|drizzle|umbrella|wet",
    "snow": r"snow(y|flakes?|fall|ing)?|blizzard|flurries",
    "fog": r"fog(gy)?|mist(y)?|haze|hazy",
    "wind": r"wind(y)?|breez(e|y)|gusts?|blowing",
}
CAMERA_WORDS: dict[str, str] = {
    "close": r"close[- ]?ups?|close on|close in|intimate|tight (shot|framing)|near view",
    "wide": r"wide|establishing|panoram(a|ic)|vista|sweeping|long shot|far away|distant",
    "above": r"(from|seen) above|overhead|bird'?s[- ]eye|high angle|looking down|aerial",
    "low": r"low angle|from below|worm'?s[- ]eye|looking up|ground level|low viewpoint",
}
MOOD_WORDS: dict[str, str] = {
    "joyful": (
        r"joy(ful|ous)?|happy|happiness|excite(d|ment)|delight(ed)?|celebrat\w*|proud|triumph\w*|"
        r"cheer\w*|playful|glee|gleeful|fun|laugh\w*|grateful|belonging"
    ),
    "sad": r"sad(ness)?|lonely|loss|tear(s|ful)|gloom\w*|melancholy|left out|disappoint\w*",
    "worried": r"worr(y|ied)|anxious|afraid|fear(ful)?|nervous|tense|uncertain\w*|scared|doubt\w*|unsure|uneasy",
    "surprised": r"surpris\w*|amaz\w*|astonish\w*|awe|wonder(struck)?|startled|discovery",
    "brave": r"brave(ry)?|courage(ous)?|determin\w*|bold|confiden\w*|resol(ve|ute)|hopeful|hope|daring|strong",
    "sleepy": r"sleep(y|ing)?|drows\w*|dreamy|tired|bedtime|restful|yawn\w*",
    "curious": r"curio(us|sity)|wondering|intrigu\w*|puzzl\w*|myster(y|ious)|explor\w*|thoughtful|focused|searching",
    "calm": r"calm|peace(ful)?|quiet|gentle|serene|content(ed)?|tender|warm(th)?|cosy|cozy|kind",
}
POSE_WORDS: dict[str, str] = {
    "waving": r"wav(es?|ing|ed)|greet(s|ing)?|beckon\w*|hello|goodbye",
    "running": (
        r"r[ua]n(s|ning)?|rac(es?|ing|ed)|chas(es?|ing)|dash\w*|hurr(y|ies|ying)|roll(s|"
        r"ing)? (forward|ahead|along)|speed(s|ing)?|sprint\w*|wheels? (ahead|forward|along)"
    ),
    "reaching_up": (
        r"reach(es|ing|ed)?|stretch(es|ing)?|lift(s|ing)?|rais(es?|ing)|hang(s|ing)?|pick(s|"
        r"ing)? (an? )?(apple|fruit|star)s?|catch(es|ing)?|throw(s|ing)?"
    ),
    "pointing": r"point(s|ing|ed)?|show(s|ing)?|spot(s|ted|ting)?|notic\w*|lead(s|ing)?|guid\w*|explain\w*|discover\w*",
    "sitting": (
        r"sit(s|ting)?|sat|rest(s|ing)?|perch\w*|read(s|ing)?|listen(s|ing)?|draw(s|ing)|paint(s|"
        r"ing)?|eat(s|ing)?"
    ),
    "kneeling": (
        r"kneel\w*|crouch\w*|bend(s|ing)?|plant(s|ing)|dig(s|ging)?|examin\w*|study|studies|"
        r"studying|looks? closely|inspect\w*|peer\w*|build(s|ing)?|mend\w*|fix(es|ing)?"
    ),
    "jumping": r"jump\w*|leap(s|ing|t)?|hop(s|ping)|bounc\w*|bound(s|ing)",
    "holding": (
        r"hold(s|ing)?|held|carr(y|ies|ying)|grip\w*|clutch\w*|bring(s|ing)?|tak(es?|ing)|"
        r"offer\w*|giv(es?|ing)|shar(es?|ing)|hand(s|ing) "
    ),
    "sleeping": r"sleep(s|ing)|asleep|doz(es?|ing)|snooz\w*|nap(s|ping)?",
    "hugging": r"hug(s|ging|ged)?|embrac\w*|cuddl\w*|arms? around|comfort(s|ing)",
    "dancing": (
        r"danc(es?|ing)|twirl\w*|spin(s|ning)?|sway\w*|sing(s|ing)?|celebrat(es?|ing)|cheer(s|"
        r"ing)|clap\w*|drumm\w*"
    ),
    "standing": r"stand(s|ing)?|stood|watch(es|ing)?|look(s|ing)?|gaz(es?|ing)|wait(s|ing)?|smil(es|ing)|laugh(s|ing)",
}
PROP_WORDS: dict[str, str] = {
    "lantern": r"lanterns?|lamps?|torch|candle",
    "map": r"maps?|chart|treasure hunt|compass|trail",
    "book": r"(story ?|note ?)?books?|diary|journal|pages?|letters?",
    "star": r"star(?! map)|wish",
    "cake": r"cakes?|cupcakes?|candles|pie|bread|loaf|cookies?",
    "key": r"keys?|keyhole",
    "telescope": r"telescopes?|spyglass|binoculars",
    "ball": r"balls?|football|basketball|marbles?",
    "gift": r"gifts?|presents?|parcels?|box with a ribbon|surprise box",
    "chest": r"(wooden |treasure )?chests?|treasures?",
    "teddy": r"teddy|teddies|stuffed (?:toy|animal|bear|rabbit|lion)s?|toy(s)?|doll|plush",
    "drum": r"drums?|drumming|tambourine|rhythm",
    "basket": r"baskets?|picnic|(?:apples?|fruits?)(?! tree)|berries",
    "robot": r"robots?|machine|gadget|inventions?",
    "seedling": r"seed(s|lings?)?|sprouts?|saplings?|plants?|pot(s|ted)?|bud",
    "feather": r"feathers?|quill",
    "shell": r"shells?|seashells?|pearls?",
    "clock": r"clocks?|timer|hourglass|time machine",
    "magnifier": r"magnif\w*|detectives?",
    "crown": r"crowns?|king|royal",
    "paint": r"easels?|canvas|paint ?box|paint ?brush(es)?|crayons?",
    "heart": r"hearts?|friendship bracelet",
    "egg": r"eggs?|hatch(ing|es|ed)?",
    "tree": r"(old|great|tall|big|ancient|giant|wise|apple|cherry|oak|magic) (\w+ )?tree|the tree|roots?|branch(es)?",
    "bridge": r"(?<!the )bridges?(?! of the)|footbridge|the bridge(?! of the)",
    "door": r"doors?|doorway|gate(way)?|portal|threshold",
    "tent": r"tents?|camp(site|ing)?|fort|den",
    "boat": r"(?<!bed-)(?<!bed )boats?|raft|sail ?boat|canoe",
    "campfire": r"camp ?fires?|bonfires?|fire|embers?|flames?",
    "bench": r"bench(es)?|seat",
    "signpost": r"sign(s|post)?|crossroads|fork in the",
    "bicycle": r"bicycles?|bikes?|scooter",
    "rocket": r"rockets?|launch(ing)?|space ?ship",
    "sunflower": r"sunflowers?|(fire )?lily|(ember )?rose",
    "snowman": r"snow ?man|snow ?men|snowballs?",
    "well": r"well|fountain|bucket|water pump",
    "nest": r"nests?|chicks?|baby birds?",
    "piano": r"pianos?|keyboard|organ",
    "kite": r"kites?",
    "balloon": r"balloons?",
    "butterfly": r"butterfl(y|ies)|moths?|caterpillars?|dragonfl(y|ies)",
    "bird": r"birds?|robins?|owls?|sparrows?|parrots?|doves?|gulls?|blackbirds?|pigeons?",
    "paper_plane": r"paper (air)?planes?|aeroplanes?|airplanes?",
    "rainbow": r"rainbows?|prism",
    "firefly": r"firefl(y|ies)|glow ?worms?|sparks?|sparkles?",
    "bees": r"bees",
    "note": r"music|songs?|melod(y|ies)|sing(s|ing)?|tunes?|flute|whistle",
    "airship": r"hot[- ]air balloon|airship|zeppelin",
    "comet": r"comets|shooting stars?|meteors?",
    "whale": r"whales?(?!['’]s tail)",
    "bean": r"(?:the|big|round|number nine the) bean(?! (?:leaves|plant|poles))",
    "raindrop": r"raindrops?|(?:round|little) drop",
    "thundercloud": r"thunder ?cloud|grey cloud",
    "little_comet": r"(?:the|small|smallest|[a-z]+-white) comet(?!s)",
    "bookworm": r"bookworm",
    "computer": r"great (?:computer|screen)|wall of (?:blinking )?screens|screens of",
    "mermaid": r"mermaids?",
    "merman": r"merm[ae]n",
    "star_child": r"(?:the|littlest|smallest|little|golden|gold|peaceful) star(?!s| map)",
    "crowd": r"children|crowd|people|folk|parents|neighbours",
    "duck": r"ducks?|hens?",
    "cat_asleep": r"sleeping cat|cat sleeps",
    "snail": r"snails?",
    "fish": r"fish(?! bones)(?:es)?",
    "clock_tower": r"(?<!inside the )clock tower|tower clock|round the tower",
    "cogs": r"cogs?|cogwheels?|great wheels|brass wheels|clockwork",
    "bell": r"bells?",
    "table": r"(?:party|birthday|long|small|laid) table",
    "boxes": r"(?:cardboard |moving )?boxes|cardboard box|blocks",
    "jar": r"jars?",
    "mushroom": r"mushrooms?|toadstools?",
    "swing": r"(?:big|round|still|the) swing",
    "footprints": r"footprints?|tracks?",
    "beehive": r"(?:bee)?hives?|beehive",
    "umbrella": r"umbrellas?",
    "armchair": r"armchairs?",
    "ladder": r"ladders?",
    "mill": r"mill",
    "van": r"van",
    "dome": r"glass dome",
    "harp": r"harps?",
    "tram": r"trams?",
}
SAYS_MORE: dict[str, str] = {"star_child": "star", "clock_tower": "clock", "cogs": "clock"}
"""Things whose words are also those of a plainer one, which is not meant then."""
