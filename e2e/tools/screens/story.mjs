// @ts-check
/** What the pictures show: the files of a small weather station, and the programs that work on them. */
import initSqlJs from 'sql.js';

/** @typedef {import('playwright').Page} Page */

const STATIONS = ['Aletsch', 'Bernina', 'Corvatsch', 'Davos', 'Eiger', 'Furka'];

/** The same at each run. @param {number} seed */
function random(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

function readings() {
  const next = random(7);
  const rows = Array.from({ length: 1200 }, (_, at) => {
    const hour = at % 24;
    const day = 1 + Math.floor(at / 24) % 28;
    const station = STATIONS[Math.floor(next() * STATIONS.length)];
    const degrees = (12 * Math.sin(((hour - 8) / 24) * 2 * Math.PI) - 4 + next() * 5).toFixed(1);
    return `2026-02-${String(day).padStart(2, '0')} ${String(hour).padStart(2, '0')}:00,${station},${degrees},${(840 + next() * 40).toFixed(0)},${(next() * 60).toFixed(0)},${next() > 0.9 ? 'gust' : ''}`;
  });
  return `time,station,celsius,hPa,wind_kmh,note\n${rows.join('\n')}\n`;
}

const CONFIG = JSON.stringify({
  name: 'Weather of six summits', version: 3, every: { minutes: 10, retry: [1, 2, 5, 10] },
  stations: STATIONS.map((name, at) => ({ id: at + 1, name, height: 2400 + 317 * at, sensors: ['temperature', 'pressure', 'wind'], active: at !== 4 })),
  limits: { celsius: [-40, 35], serial: 12345678901234567890n.toString(), note: null },
}, null, 2);

const NOTES = `# Weather of six summits

What the stations sent, and what was made of it.

- \`readings.csv\`: each hour, as it came
- \`stations.db\`: the same, to ask questions of
- \`collect.sh\`: asks each station in turn

## February

The coldest hour was on **Corvatsch**, the windiest on *Eiger*.
`;

const COLLECT = `#!/bin/sh
# Asks each station in turn, and keeps what it said.
set -eu

stations='aletsch bernina corvatsch davos eiger furka'
log=/home/weather/log

turn=0
while [ "$turn" -lt "\${1:-3}" ]; do
  for station in $stations; do
    degrees=$(( (turn * 7 + \${#station} * 5) % 23 - 12 ))
    printf '%s %s °C\\n' "$station" "$degrees" >> "$log"
    case $degrees in
      -1[0-9]) echo "$station: frost" ;;
      *) : ;;
    esac
  done
  turn=$((turn + 1))
  sleep 0.3
done
sort -u "$log" | head -3
`;

async function database() {
  const sql = await initSqlJs();
  const db = new sql.Database();
  db.exec('create table station(id integer primary key, name text not null, height integer, active integer); create table reading(id integer primary key, station integer references station, time text, celsius real, wind integer); create index by_time on reading(time); create view coldest as select name, min(celsius) as celsius from reading join station on station.id = reading.station group by name;');
  for (const [at, name] of STATIONS.entries()) db.run('insert into station values (?, ?, ?, ?)', [at + 1, name, 2400 + 317 * at, at === 4 ? 0 : 1]);
  const next = random(11);
  for (let at = 0; at < 2400; at++) {
    const time = `2026-02-${String(1 + (Math.floor(at / 84) % 28)).padStart(2, '0')} ${String(at % 24).padStart(2, '0')}:00`;
    const station = 1 + Math.floor(next() * 6);
    db.run('insert into reading(station, time, celsius, wind) values (?, ?, ?, ?)', [station, time, Math.round((next() * 22 - station * 2 - 4) * 10) / 10, Math.floor(next() * (40 + 9 * station))]);
  }
  return db.export();
}

/**
 * Puts the files into the workspace.
 * @param {Page} page
 */
export async function writeFiles(page) {
  const bytes = Buffer.from(await database()).toString('latin1');
  await page.evaluate(async ([csv, config, notes, collect, db]) => {
    const { fs } = globalThis.palimpsest;
    await fs.mkdir('/home/weather', { recursive: true });
    await fs.writeFile('/home/weather/readings.csv', csv);
    await fs.writeFile('/home/weather/config.json', config);
    await fs.writeFile('/home/weather/notes.md', notes);
    await fs.writeFile('/home/weather/collect.sh', collect);
    await fs.writeFile('/home/weather/stations.db', Uint8Array.from(db, (letter) => letter.charCodeAt(0)));
    await fs.writeFile('/home/weather/log', '');
    await fs.writeFile('/home/weather/gauge.wasm', await fs.readFile('/bin/tree'));
    await fs.writeFile('/home/weather/threads.wasm', await fs.readFile('/bin/threads'));
  }, /** @type {const} */ ([readings(), CONFIG, NOTES, COLLECT, bytes]));
}

/**
 * Starts programs that talk to each other, write and wait, until the page is closed.
 * @param {Page} page
 */
export async function startPrograms(page) {
  await page.evaluate(async () => {
    const { fs, run } = globalThis.palimpsest;
    /** @param {import('../../../src/ui/client/index.ts').RunOptions} options */
    const start = async (options) => {
      const { stdout, stderr } = await run(options);
      for (const stream of [stdout, stderr]) void stream.pipeTo(new WritableStream()).catch(() => {});
    };
    const files = /** @type {const} */ ([{ path: '/home/weather/**', rights: ['read', 'write', 'create'] }]);
    await fs.writeFile('/home/weather/sensor.wasm', await fs.readFile('/bin/ask'));
    await start({ module: '/bin/router', name: 'router', stdin: '' });
    await start({ module: '/bin/webfront', name: 'webfront', listen: ['127.0.0.1:8081'], stdin: '' });
    await start({ module: '/home/weather/sensor.wasm', name: 'sensor', namespace: { '/home/data': '/home/weather' }, permissions: { files: [...files.map(({ path, rights }) => ({ path, rights: [...rights] }))], http: [{ host: 'api.example.org', methods: ['GET'] }], publish: ['weather.>'], clocks: true } });
    await start({ module: '/bin/sh', name: 'collect', args: ['/home/weather/collect.sh', '2000'], stdin: '' });
    await start({ module: '/bin/sh', name: 'watch', args: ['-c', 'while true; do while read line; do last=$line; done < /home/weather/log; echo "$last" > /tmp/last; sleep 1; done'], stdin: '' });
    await start({ module: '/bin/sh', name: 'announce', args: ['-c', 'n=0; while true; do n=$((n+1)); echo "{\\"station\\":\\"Davos\\",\\"celsius\\":-$((n % 9))}" > /bus/weather.davos; echo "{\\"text\\":\\"help\\"}" > /bus/user.input; sleep 0.7; done'], stdin: '' });
    for (const language of ['c', 'go', 'rust']) await start({ module: `/bin/chat-echo-${language}`, name: `chat-${language}`, stdin: '' });
    setInterval(() => void globalThis.palimpsest.bus.publish('chat.room', 'good evening', { codec: 'raw' }), 900);
  });
}

/**
 * Some history: layers, a moment with a name, runs that wrote.
 * @param {Page} page
 */
export async function change(page) {
  await page.evaluate(async () => {
    const { fs, layers, run } = globalThis.palimpsest;
    const ended = async (/** @type {string} */ module, /** @type {string[]} */ ...args) => {
      const { exited, stdout, stderr } = await run({ module, args, cwd: '/home/weather', stdin: '' });
      for (const stream of [stdout, stderr]) void stream.pipeTo(new WritableStream()).catch(() => {});
      await exited;
    };
    await layers.push('february');
    await ended('/bin/sort', '-t,', '-k3', '-n', '-o', 'coldest.csv', 'readings.csv');
    await ended('/bin/gzip', '-k', 'readings.csv');
    await ended('/bin/tar', '-cf', '/home/weather.tar', 'notes.md', 'config.json', 'collect.sh');
    const text = new TextDecoder().decode(await fs.readFile('/home/weather/notes.md'));
    await fs.writeFile('/home/weather/notes.md', text.replace('windiest on *Eiger*', 'windiest on *Bernina*, at 69 km/h').replace('## February\n', '## February 2026\n\nEach station sent 28 days; Eiger was silent.\n'));
    await ended('/bin/mkdir', 'archive');
    await ended('/bin/mv', 'coldest.csv', 'archive/coldest.csv');
  });
}
