/**
 * The command layer: sets of commands, each one binary under several names. Data for ../build.mjs. In the base layer a set
 * is `/bin/<name>`, and each of its commands a symbolic link to it: a set is fetched and compiled once.
 */

const coreutils = {
  '[': 'Tests a condition, up to "]"',
  arch: 'Prints the kind of machine',
  basename: 'The last part of a path',
  cat: 'Prints files one after another',
  comm: 'Compares two sorted files line by line',
  cp: 'Copies files and directories',
  cut: 'Picks columns of lines',
  date: 'Prints the time, in any form',
  dirname: 'A path without its last part',
  echo: 'Prints its arguments',
  expr: 'Evaluates an expression',
  false: 'Does nothing, with status 1',
  head: 'The first lines of files',
  link: 'Makes a hard link',
  ln: 'Makes hard and symbolic links',
  ls: 'Lists directories',
  mkdir: 'Makes directories',
  mktemp: 'Makes a temporary file or directory',
  mv: 'Moves and renames',
  paste: 'Puts lines of files side by side',
  printenv: 'Prints the environment',
  printf: 'Prints with a format',
  pwd: 'Prints the working directory',
  readlink: 'Where a symbolic link leads',
  realpath: 'A path with every link followed',
  rm: 'Removes files and directories',
  rmdir: 'Removes empty directories',
  seq: 'Prints a row of numbers',
  sleep: 'Waits',
  sort: 'Sorts lines',
  tail: 'The last lines of files',
  tee: 'Copies its input to files and onwards',
  test: 'Tests a condition',
  touch: 'Makes a file or sets its times',
  tr: 'Replaces or deletes characters',
  true: 'Does nothing, with status 0',
  truncate: 'Sets the size of a file',
  tty: 'Whether the input is a terminal',
  uname: 'Prints what system this is',
  uniq: 'Drops repeated lines',
  unlink: 'Removes one file',
  wc: 'Counts lines, words and bytes',
  yes: 'Prints a line forever',
};

/** One line each: folder here (and name in /bin), toolchain, what it is, name and description of each command. */
export const sets = [
  { name: 'coreutils', toolchain: 'crates', about: 'The everyday commands, by uutils: coreutils NAME ARGUMENTS…', commands: coreutils },
];
