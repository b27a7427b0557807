let last = 0;

/** A number by which a grant of files is revoked: `DirectoryGrant.grant`. Never the same twice in one realm. */
export function nextGrantNumber(): number {
  return ++last;
}
