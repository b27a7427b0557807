/** From which descriptors the last two names were looked up: where C libraries pass one, another is meant at times. For who notes the calls. */
export class Bases {
  /** -1: none was looked up since `clear`. */
  last = -1;
  before = -1;

  clear(): void {
    this.last = -1;
    this.before = -1;
  }

  note(fd: number): void {
    this.before = this.last;
    this.last = fd;
  }
}
