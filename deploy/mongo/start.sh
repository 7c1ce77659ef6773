#!/bin/bash
# Start MongoDB as a replica set with users, which needs a key file. With a single member, each start may make a new one.
set -euo pipefail
umask 077
rm -f /tmp/keyfile
head -c 500 /dev/urandom | base64 -w 0 >/tmp/keyfile
exec docker-entrypoint.sh mongod --replSet ccp --keyFile /tmp/keyfile --bind_ip_all \
  --setParameter transactionLifetimeLimitSeconds=10
