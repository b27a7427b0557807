/** Sources of time, passed in so that tests own them. */
export interface Clock {
  /** Nanoseconds since 1970-01-01T00:00:00Z. */
  realtime(): bigint;
  /** Milliseconds since an arbitrary start, with fractions; never goes back. */
  monotonic(): number;
}
