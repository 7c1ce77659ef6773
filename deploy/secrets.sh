#!/bin/sh
# Write a random password to .env for each account of docker-compose.yml that has none there. Only this account can read
# the file. Run it before the first start: sh deploy/secrets.sh
set -eu
cd "$(dirname "$0")/.."
file=${1:-.env}
umask 077
touch "$file"
chmod 600 "$file"
if [ -n "$(tail -c 1 "$file")" ]; then echo >>"$file"; fi
for account in \
  OPERATOR_PASSWORD \
  MONGO_PASSWORD_ROOT MONGO_PASSWORD_PROFILES MONGO_PASSWORD_CALLS MONGO_PASSWORD_MATCHMAKING MONGO_PASSWORD_NOTIFICATIONS \
  BROKER_PASSWORD_OUTSIDE \
  BROKER_PASSWORD_PROFILES BROKER_PASSWORD_CALLS BROKER_PASSWORD_MATCHMAKING BROKER_PASSWORD_NOTIFICATIONS; do
  if ! grep -q "^CCP_$account=." "$file"; then
    echo "CCP_$account=$(od -An -N 24 -t x1 /dev/urandom | tr -d ' \n')" >>"$file"
  fi
done
