// A user for each service, who sees that service's database and nothing else. Runs once, on an empty volume.
for (const service of ["profiles", "calls", "matchmaking", "notifications"]) {
  db.getSiblingDB(`ccp_${service}`).createUser({
    user: service,
    pwd: process.env.MONGO_INITDB_ROOT_PASSWORD,
    roles: [{ role: "readWrite", db: `ccp_${service}` }],
  });
}
