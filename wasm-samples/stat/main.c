/* stat [-L] [-c FORMAT | --printf FORMAT] FILE...: what a file system knows of files. Formats as GNU's; owners and permission
   bits are not there in preview 1, and are printed as what everybody may do. */
#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "../common/start.h"

static const char usage[] =
    "usage: stat [-L] [-c FORMAT | --printf FORMAT | -t] FILE...\n"
    "Prints what is known of files. -L: of what links lead to. -t: in one line.\n"
    "FORMAT: text with %n name, %N name and where a link leads, %s size in bytes, %b blocks of 512 bytes, %B 512,\n"
    "  %F kind, %f kind and rights (hexadecimal), %a %A rights, %h links, %i inode, %d device, %o best size of a read,\n"
    "  %u %g %U %G owners (always 0 and user), %x %y %z times of access, change, change of status, %X %Y %Z in seconds,\n"
    "  %w %W birth (not known), %%. A number after the % is a width, as in %-20n. --printf knows \\n and \\t and adds no line end.\n";

static const char long_format[] =
    "  File: %N\n"
    "  Size: %-10s\tBlocks: %-10b IO Block: %-6o %F\n"
    "Device: %d\tInode: %-11i Links: %h\n"
    "Access: (%04a/%A)  Uid: (%5u/%8U)   Gid: (%5g/%8G)\n"
    "Access: %x\n"
    "Modify: %y\n"
    "Change: %z\n"
    " Birth: %w\n";

static const char short_format[] = "%n %s %b %f %u %g %d %i %h %X %Y %Z %W %o\n";

static const char *kind_of(const struct stat *info) {
  if (S_ISDIR(info->st_mode)) return "directory";
  if (S_ISLNK(info->st_mode)) return "symbolic link";
  if (S_ISCHR(info->st_mode)) return "character special file";
  if (S_ISBLK(info->st_mode)) return "block special file";
  if (S_ISSOCK(info->st_mode)) return "socket";
  if (S_ISFIFO(info->st_mode)) return "fifo";
  return info->st_size == 0 ? "regular empty file" : "regular file";
}

static char letter_of(mode_t mode) {
  return S_ISDIR(mode) ? 'd' : S_ISLNK(mode) ? 'l' : S_ISCHR(mode) ? 'c' : S_ISBLK(mode) ? 'b' : S_ISSOCK(mode) ? 's' : S_ISFIFO(mode) ? 'p' : '-';
}

/* Everybody may do everything; only directories are entered, and any file can be run. */
static unsigned rights_of(mode_t mode) { return S_ISDIR(mode) || S_ISLNK(mode) || S_ISREG(mode) ? 0777 : 0666; }

/* The times' texts are in UTC, as there is no other zone. */
static void put_time(char *text, size_t size, struct timespec when) {
  struct tm parts;
  char day[64];
  if (gmtime_r(&when.tv_sec, &parts) == NULL || strftime(day, sizeof day, "%Y-%m-%d %H:%M:%S", &parts) == 0) {
    snprintf(text, size, "%lld", (long long)when.tv_sec);
    return;
  }
  snprintf(text, size, "%s.%09ld +0000", day, when.tv_nsec);
}

static void put_seconds(char *text, size_t size, struct timespec when) { snprintf(text, size, "%lld", (long long)when.tv_sec); }

static void put_number(char *text, size_t size, unsigned long long number) { snprintf(text, size, "%llu", number); }

/* Whether names stand in quotes: in formats of the user's. */
static int quotes;

static void put_quoted(char *text, size_t size, const char *path, const struct stat *info) {
  char target[PATH_MAX];
  ssize_t length = S_ISLNK(info->st_mode) ? readlink(path, target, sizeof target - 1) : -1;
  const char *mark = quotes ? "'" : "";
  if (length < 0) snprintf(text, size, "%s%s%s", mark, path, mark);
  else snprintf(text, size, "%s%s%s -> %s%.*s%s", mark, path, mark, mark, (int)length, target, mark);
}

static void put_rights(char *text, size_t size, mode_t mode) {
  unsigned rights = rights_of(mode);
  char letters[11] = {letter_of(mode)};
  for (int i = 0; i < 9; i++) letters[i + 1] = rights & (0400u >> i) ? "rwx"[i % 3] : '-';
  snprintf(text, size, "%s", letters);
}

/* What `letter` stands for. False if it stands for nothing. */
static int put(char *text, size_t size, char letter, const char *path, const struct stat *info) {
  switch (letter) {
    case 'n': snprintf(text, size, "%s", path); return 1;
    case 'N': put_quoted(text, size, path, info); return 1;
    case 's': put_number(text, size, (unsigned long long)info->st_size); return 1;
    /* Preview 1 does not say how much room a file takes: as much as its bytes need. */
    case 'b': put_number(text, size, ((unsigned long long)info->st_size + 511) / 512); return 1;
    case 'B': snprintf(text, size, "512"); return 1;
    case 'o': snprintf(text, size, "4096"); return 1;
    case 'F': snprintf(text, size, "%s", kind_of(info)); return 1;
    case 'f': snprintf(text, size, "%x", (unsigned)info->st_mode | rights_of(info->st_mode)); return 1;
    case 'a': snprintf(text, size, "%o", rights_of(info->st_mode)); return 1;
    case 'A': put_rights(text, size, info->st_mode); return 1;
    case 'h': put_number(text, size, info->st_nlink); return 1;
    case 'i': put_number(text, size, info->st_ino); return 1;
    case 'd': put_number(text, size, info->st_dev); return 1;
    case 'u': case 'g': case 'W': snprintf(text, size, "0"); return 1;
    case 'U': case 'G': snprintf(text, size, "user"); return 1;
    case 'w': snprintf(text, size, "-"); return 1;
    case 'x': put_time(text, size, info->st_atim); return 1;
    case 'y': put_time(text, size, info->st_mtim); return 1;
    case 'z': put_time(text, size, info->st_ctim); return 1;
    case 'X': put_seconds(text, size, info->st_atim); return 1;
    case 'Y': put_seconds(text, size, info->st_mtim); return 1;
    case 'Z': put_seconds(text, size, info->st_ctim); return 1;
    default: return 0;
  }
}

/* A directive after its `%`: flags, width, letter. Returns what follows it. */
static const char *directive(const char *at, const char *path, const struct stat *info) {
  static char text[3 * PATH_MAX];
  const char *start = at;
  int left = 0, zero = 0, width = 0;
  for (; *at == '-' || *at == '0'; at++) {
    if (*at == '-') left = 1;
    else zero = 1;
  }
  for (; isdigit((unsigned char)*at) && width < 1000; at++) width = width * 10 + (*at - '0');
  if (*at == '%' && at == start) {
    putchar('%');
    return at + 1;
  }
  if (*at == '\0' || !put(text, sizeof text, *at, path, info)) {
    putchar(*at == '\0' ? '%' : '?');
    return *at == '\0' ? at : at + 1;
  }
  if (zero && !left) for (int n = (int)strlen(text); n < width; n++) putchar('0');
  printf("%*s", left ? -width : zero ? 0 : width, text);
  return at + 1;
}

/* The character after a backslash. */
static char escaped(char letter) {
  static const char names[] = "ntrabfve", codes[] = "\n\t\r\a\b\f\v\033";
  const char *found = letter == '\0' ? NULL : strchr(names, letter);
  return found == NULL ? letter : codes[found - names];
}

static void print(const char *format, int escapes, const char *path, const struct stat *info) {
  for (const char *at = format; *at != '\0';) {
    if (*at == '%') at = directive(at + 1, path, info);
    else if (escapes && *at == '\\' && at[1] != '\0') {
      putchar(escaped(at[1]));
      at += 2;
    } else putchar(*at++);
  }
}

int main(int argc, char **argv) {
  static const struct option options[] = {
      {"dereference", no_argument, NULL, 'L'}, {"format", required_argument, NULL, 'c'}, {"printf", required_argument, NULL, 'p'},
      {"terse", no_argument, NULL, 't'},       {"help", no_argument, NULL, 'h'},         {NULL, 0, NULL, 0}};
  enter_working_directory();
  const char *format = long_format;
  int follow = 0, escapes = 0, line = 0, option, status = 0;
  while ((option = getopt_long(argc, argv, "Lc:t", options, NULL)) != -1) {
    if (option == 'L') follow = 1;
    else if (option == 't') format = short_format, line = 0;
    else if (option == 'c') format = optarg, escapes = 0, line = 1;
    else if (option == 'p') format = optarg, escapes = 1, line = 0;
    else if (option == 'h') return fputs(usage, stdout) < 0;
    else return fputs(usage, stderr), 1;
  }
  quotes = format != long_format;
  if (optind == argc) return fputs(usage, stderr), 1;
  for (; optind < argc; optind++) {
    struct stat info;
    const char *path = argv[optind];
    if ((follow ? stat : lstat)(path, &info) < 0) {
      fflush(stdout);
      fprintf(stderr, "stat: cannot stat '%s': %s\n", path, strerror(errno));
      status = 1;
      continue;
    }
    print(format, escapes, path, &info);
    if (line) putchar('\n');
  }
  if (fflush(stdout) != 0) return perror("stat"), 1;
  return status;
}
