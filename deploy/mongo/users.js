// Give each service a user with access to its own database only, and every user the password of this container's
// environment. Runs on an empty volume; the runbook says how to run it again after a change of passwords.
const passwords = process.env;
for (const service of ["profiles", "calls", "matchmaking", "notifications"]) {
  const database = db.getSiblingDB(`ccp_${service}`);
  const account = {
    pwd: passwords[`CCP_MONGO_PASSWORD_${service.toUpperCase()}`],
    roles: [{ role: "readWrite", db: `ccp_${service}` }],
  };
  if (database.getUser(service)) {
    database.updateUser(service, account);
  } else {
    database.createUser({ user: service, ...account });
  }
}
db.getSiblingDB("admin").updateUser("root", { pwd: passwords.MONGO_INITDB_ROOT_PASSWORD });
