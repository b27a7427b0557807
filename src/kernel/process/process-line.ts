/** In what a process runs beside the workspace. */
export interface ProcessLine {
  /** Of a session or branch. */
  readonly name?: string;
  /** Whether that differs from what it stands on. */
  readonly changed: boolean;
  /** For as long as somebody has it. */
  hold(): void;
  enter(pid: number): void;
  release(pid?: number): void;
}
