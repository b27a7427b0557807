export { ShellError, Unwind } from './errors.ts';
export { Jobs, jobState, jobStatus, noteProcess, type Job, type JobProcess } from './jobs.ts';
export { Options, OPTION_NAMES, type OptionName } from './options.ts';
export { DEFAULT_PATH, Shell, type Alarm, type ProgramOptions, type Runner } from './shell.ts';
export { Variables, type Variable } from './variables.ts';
