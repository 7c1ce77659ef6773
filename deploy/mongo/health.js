// The first check makes a replica set with one member; later checks test whether it accepts writes. The password is not an
// argument of the command, because every account of the machine can list those.
db.getSiblingDB("admin").auth("root", process.env.MONGO_INITDB_ROOT_PASSWORD);
try {
  rs.status();
} catch (error) {
  rs.initiate({ _id: "ccp", members: [{ _id: 0, host: "mongo:27017" }] });
}
quit(db.hello().isWritablePrimary ? 0 : 1);
