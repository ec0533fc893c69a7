#!/bin/sh
# Writes the fleet's passwords and secrets into .env beside docker-compose.yml: those that are not there yet. What is
# there stays as it is, also where nothing stands behind the =. Needs nothing but a shell and /dev/urandom.
set -eu
cd "$(dirname "$0")/.."
umask 077
touch .env

random() { # so many random bytes, as hexadecimal: safe in a URL
    od -An -tx1 -N"$1" /dev/urandom | tr -d ' \n'
}

add() { # name, value
    if ! grep -q "^$1=" .env; then
        [ -z "$(tail -c 1 .env)" ] || echo >>.env # the last line may not have been ended
        echo "$1=$2" >>.env
        echo "$1 is new in .env."
    fi
}

for name in POSTGRES_PASSWORD API_PASSWORD MAKER_PASSWORD DAGSTER_PASSWORD BROKER_PASSWORD; do
    add "$name" "$(random 32)"
done
grep -q "^JWT_JWKS_URL=." .env || add JWT_SECRET "$(random 32)" # published keys alone check tokens as well
add URL_SECRET "$(random 32)" # what signed URLs and shared links are made with
add DAGSTER_LOGIN "operator:$(random 16)" # of Dagster's UI
add WEBHOOK_SECRET "whsec_$(head -c 32 /dev/urandom | base64)"
add AWS_ACCESS_KEY_ID "storytailor-$(random 8)" # of the bucket of this file's own
add AWS_SECRET_ACCESS_KEY "$(random 32)"
