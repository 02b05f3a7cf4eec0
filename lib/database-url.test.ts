import { describe, expect, it } from "vitest";
import { hasPassword, isInTheClear, misleadingIn, shownUrl, withHost } from "./database-url";

const P = "sesame";

/** Each way that a password gets into an address, also those in which it is not written as it should be. */
const WITH_PASSWORD = [
  `postgresql://coffer:${P}@db.internal/coffer`,
  `postgres://coffer:${P}@db.internal:5432/coffer?sslmode=require`,
  `postgresql://db.internal/coffer?user=coffer&password=${P}`,
  `postgresql://coffer@db.internal/coffer?sslpassword=${P}`,
  `postgresql://coffer@db.internal/coffer?Password=${P}`,
  `postgresql://coffer:12/${P}@db.internal/coffer`,
  `postgresql://coffer:12/${P}/@db.internal/coffer`,
  `postgresql://coffer:12?${P}@db.internal/coffer`,
  `postgresql://coffer:12#${P}@db.internal/coffer`,
];

describe("an address of a database on a server", () => {
  it.each(WITH_PASSWORD)("is known to have a password in it, and shown without: %s", (url) => {
    expect(hasPassword(url)).toBe(true);
    expect(shownUrl(url)).not.toMatch(/sesame|12/);
  });

  it("is shown with its user, server and name, and without its parameters", () => {
    const url = "postgresql://coffer@db.internal:5432/vault?sslmode=verify-full";
    expect(hasPassword(url)).toBe(false);
    expect(shownUrl(url)).toBe("postgresql://coffer@db.internal:5432/vault");
    expect(shownUrl("postgresql:///vault?host=/run/postgresql")).toBe("postgresql:///vault");
  });

  it("is not shown where it can't be read", () => {
    expect(shownUrl(`postgresql://coffer:${P}/x@db.internal/vault`)).toBe("postgresql://…");
  });
});

describe("a connection to a server", () => {
  it.each([
    "postgresql://coffer@db.internal/coffer",
    "postgresql://coffer@10.1.2.3:5432/coffer?pgbouncer=true",
    "postgresql:///coffer?host=db.internal",
    "postgresql://localhost/coffer?host=db.internal",
  ])("is in the clear to another machine unless something is said of TLS: %s", (url) => {
    expect(isInTheClear(url)).toBe(true);
    const said = `${url}${url.includes("?") ? "&" : "?"}sslmode=`;
    expect(isInTheClear(`${said}verify-full`)).toBe(false);
    expect(isInTheClear(`${said}disable`)).toBe(false); // and meant
  });

  it.each([
    "postgresql://coffer@localhost/coffer",
    "postgresql://coffer@127.0.0.1:5432/coffer",
    "postgresql://coffer@[::1]/coffer",
    "postgresql://%2Frun%2Fpostgresql/coffer",
    "postgresql:///coffer?host=/run/postgresql",
    "file:/data/coffer.db",
  ])("leaves no machine here: %s", (url) => {
    expect(isInTheClear(url)).toBe(false);
  });
});

describe("an address that PostgreSQL's own programs take", () => {
  it("may have a user and no host, where host= names a socket's folder", () => {
    const libpq = "postgresql://coffer:pass-word@/coffer?sslmode=disable&host=/run/postgresql";
    const read = withHost(libpq);
    expect(new URL(read)).toMatchObject({ username: "coffer", pathname: "/coffer" });
    expect(isInTheClear(read)).toBe(false);
  });

  it.each([
    "postgresql://coffer:pass-word@/coffer",
    "postgresql://coffer@db.internal/coffer?host=db.internal",
    "postgresql:///coffer?host=/run/postgresql",
    "file:/data/a@/coffer.db?host=x",
  ])("is left as it is otherwise: %s", (url) => {
    expect(withHost(url)).toBe(url);
  });

  it.each(["sslmode=bogus", "sslmode=allow", "sslmode=", "schema=s3", "schema="])(
    "is refused with a parameter that would not do what it says: %s",
    (parameter) => {
      const [name = ""] = parameter.split("=");
      expect(misleadingIn(`postgresql://coffer@db/coffer?${parameter}`)).toContain(
        `${name}= takes`,
      );
    },
  );

  it.each(["sslmode=verify-full", "sslmode=disable", "schema=public", "pgbouncer=true"])(
    "is taken with %s",
    (parameter) => {
      expect(misleadingIn(`postgresql://coffer@db/coffer?${parameter}`)).toBeNull();
      expect(misleadingIn(`file:/data/x.db?${parameter}`)).toBeNull();
    },
  );
});
