#!/bin/bash
# Put the definitions where RabbitMQ loads them at boot, with the passwords of this container's environment, and start it.
set -euo pipefail
umask 077
mkdir -p /tmp/definitions
for file in /etc/ccp/*.json; do
  content=$(<"$file")
  for name in ${!CCP_BROKER_PASSWORD_@}; do
    content=${content//"\${$name}"/${!name}}
  done
  printf '%s\n' "$content" >"/tmp/definitions/${file##*/}"
done
PATH=/usr/lib/rabbitmq/bin:$PATH # Debian's packages have a wrapper before it, which writes to files
exec rabbitmq-server
