//! The command line of `jq`.

pub const USAGE: &str = "usage: jq [OPTIONS] FILTER [FILE…]
Runs a filter on JSON values from files or the input.
-n: no input. -r: texts without quotes. -j: and without line ends. -c: in one line. -s: all values as one array. -R: lines of text as values.
-S: keys sorted. -C, -M: with colours or without. -e: status 1 if the last value is false or null, 4 without one. -f FILE: the filter from a file.
--tab, --indent N. --arg NAME TEXT, --argjson NAME JSON, --slurpfile NAME FILE, --rawfile NAME FILE: variables. --args: what follows the filter are texts
in $ARGS.positional.";

#[derive(Default)]
pub struct Options {
    pub null_input: bool,
    pub raw_input: bool,
    pub slurp: bool,
    pub raw_output: bool,
    pub join: bool,
    pub compact: bool,
    pub sort_keys: bool,
    pub tab: bool,
    pub indent: usize,
    pub exit_status: bool,
    pub unbuffered: bool,
    /// None: on a terminal.
    pub colour: Option<bool>,
    pub filter: String,
    pub from_file: Option<String>,
    pub files: Vec<String>,
    pub args: Vec<(String, String)>,
    pub json_args: Vec<(String, String)>,
    pub slurp_files: Vec<(String, String)>,
    pub raw_files: Vec<(String, String)>,
    pub positional: Vec<String>,
}

fn short_of(long: &str) -> Option<char> {
    Some(match long {
        "null-input" => 'n',
        "raw-input" => 'R',
        "slurp" => 's',
        "raw-output" => 'r',
        "join-output" => 'j',
        "compact-output" => 'c',
        "sort-keys" => 'S',
        "color-output" => 'C',
        "monochrome-output" => 'M',
        "exit-status" => 'e',
        "from-file" => 'f',
        _ => return None,
    })
}

impl Options {
    /// False if there is no such letter.
    fn short(&mut self, letter: char) -> bool {
        match letter {
            'n' => self.null_input = true,
            'R' => self.raw_input = true,
            's' => self.slurp = true,
            'r' | 'a' => self.raw_output |= letter == 'r',
            'j' => self.join = true,
            'c' => self.compact = true,
            'S' => self.sort_keys = true,
            'C' => self.colour = Some(true),
            'M' => self.colour = Some(false),
            'e' => self.exit_status = true,
            _ => return false,
        }
        true
    }
}

/// None: help was asked for.
pub fn parse(mut args: impl Iterator<Item = String>) -> Result<Option<Options>, String> {
    let mut options = Options { indent: 2, ..Options::default() };
    let (mut words, mut from_file, mut only_words, mut positional) = (Vec::new(), false, false, false);
    while let Some(arg) = args.next() {
        let mut pair = || args.next().zip(args.next()).ok_or_else(|| format!("{arg} takes a name and a value"));
        match arg.as_str() {
            _ if only_words || arg == "-" || !arg.starts_with('-') => {
                // The filter comes first, whatever `--args` says of the rest.
                if positional && (from_file || !words.is_empty()) { options.positional.push(arg) } else { words.push(arg) }
            }
            "--" => only_words = true,
            "-h" | "--help" => return Ok(None),
            "--arg" => options.args.push(pair()?),
            "--argjson" => options.json_args.push(pair()?),
            "--slurpfile" => options.slurp_files.push(pair()?),
            "--rawfile" => options.raw_files.push(pair()?),
            "--args" => positional = true,
            "--tab" => options.tab = true,
            "--unbuffered" => options.unbuffered = true,
            "--indent" => {
                let text = args.next().unwrap_or_default();
                options.indent = text.parse().ok().filter(|width| *width < 8).ok_or_else(|| format!("--indent takes a number from 0 to 7, not '{text}'"))?;
            }
            _ => {
                let letters = match arg.strip_prefix("--") {
                    Some(long) => short_of(long).ok_or_else(|| format!("Unknown option {arg}"))?.to_string(),
                    None => arg[1..].to_owned(),
                };
                for letter in letters.chars() {
                    if letter == 'f' {
                        from_file = true;
                    } else if !options.short(letter) {
                        return Err(format!("Unknown option {arg}"));
                    }
                }
            }
        }
    }
    let mut words = words.into_iter();
    match words.next() {
        Some(file) if from_file => options.from_file = Some(file),
        Some(filter) => options.filter = filter,
        None if from_file => return Err("-f needs a file".to_owned()),
        None => options.filter = ".".to_owned(),
    }
    options.files = words.collect();
    Ok(Some(options))
}
