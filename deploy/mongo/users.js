// Create a user for each service with access to that service's database only. Runs once, on an empty volume.
for (const service of ["profiles", "calls", "matchmaking", "notifications"]) {
  db.getSiblingDB(`ccp_${service}`).createUser({
    user: service,
    pwd: process.env.MONGO_INITDB_ROOT_PASSWORD,
    roles: [{ role: "readWrite", db: `ccp_${service}` }],
  });
}
