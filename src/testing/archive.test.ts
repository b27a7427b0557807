import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gunzipSync, gzipSync } from 'node:zlib';
import { Machine } from './machine.ts';

describe('archives and compressed files, by commands and the shell', () => {
  let machine: Machine;
  beforeAll(async () => {
    machine = await Machine.boot();
    await machine.api.mkdir('/tmp/a');
  });
  afterAll(() => machine.dispose());

  const sh = async (script: string): Promise<string> => {
    const { stdout, stderr } = await machine.run('/bin/sh', ['-c', script], { name: 'sh', cwd: '/tmp/a', env: { PATH: '/bin', HOME: '/home' } });
    return stdout + stderr;
  };

  it('what gzip makes others read, and it reads what others make', async () => {
    expect(await sh('seq 20000 > n; gzip -k n; gzip -t n.gz && ls n n.gz')).toBe('n\nn.gz\n');
    expect(gunzipSync(await machine.api.readFile('/tmp/a/n.gz')).toString()).toBe(await machine.read('/tmp/a/n'));
    await machine.write('/tmp/a/other.gz', gzipSync('from elsewhere\n'));
    expect(await sh('zcat other.gz; cat other.gz other.gz | gunzip; gunzip other.gz; cat other; ls other.gz 2>&1 | wc -l')).toBe('from elsewhere\n'.repeat(4) + '1\n');
    expect(await sh('gzip -9 < n | gzip -dc | cmp - n && rm n && gzip -d n.gz && tail -n 1 n; gzip n n.gz; ls n*')).toBe('20000\nn.gz\ngzip: n.gz already has .gz suffix -- unchanged\n');
    expect(await sh('head -c 1000 n.gz > cut.gz; gunzip cut.gz 2>/dev/null; echo $?; ls cut*')).toBe('1\ncut.gz\n');
  });

  it('tar packs and unpacks files, directories, links and times', async () => {
    const long = `${'n'.repeat(60)}/${'m'.repeat(90)}`;
    expect(await sh(`mkdir -p d/${long.split('/')[0]}; echo hi > d/f; echo long > d/${long}; ln -s f d/l; touch -d '2020-02-03 04:05:06' d/f; tar czf a.tgz d; tar tf a.tgz`)).toBe(`d/\nd/f\nd/l\nd/${long.split('/')[0]}/\nd/${long}\n`);
    expect(await sh(`mkdir out; tar xzf a.tgz -C out; cat out/d/f out/d/${long}; readlink out/d/l; stat -c '%Y %F' out/d/f`)).toBe('hi\nlong\nf\n1580702706 regular file\n');
    expect(await sh('mkdir two; tar cf - d | tar xvf - -C two --strip-components=1 d/f d/l; cat two/l; ls two; tar xOf a.tgz d/f')).toBe('d/f\nd/l\nhi\nf\nl\nhi\n');
    expect(await sh('tar --create --file=b.tar --exclude=l -C d . && tar -t -f b.tar | head -n 1; tar xf b.tar nothing; echo $?')).toBe('f\n0\n');
  });

  it('tar writes nothing outside the directory it unpacks into', async () => {
    // An archive of `../evil`, of `/evil`, and of a link with a file behind it.
    const entry = (name: string, type: string, link: string, content: string): Buffer => {
      const block = Buffer.alloc(512 + (content ? 512 : 0));
      block.write(name, 0);
      block.write('0000644\0', 100);
      block.write(`${content.length.toString(8).padStart(11, '0')}\0`, 124);
      block.write('00000000000\0', 136);
      block.write('        ', 148);
      block.write(type, 156);
      block.write(link, 157);
      block.write('ustar\u000000', 257);
      let sum = 0;
      for (const byte of block.subarray(0, 512)) sum += byte;
      block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
      block.write(content, 512);
      return block;
    };
    const parts = [entry('../evil', '0', '', 'x'), entry('/evil', '0', '', 'x'), entry('s', '2', '/tmp/a/out', ''), entry('s/evil', '0', '', 'x'), Buffer.alloc(1024)];
    await machine.write('/tmp/a/evil.tar', Buffer.concat(parts));
    expect(await sh('mkdir in; tar xf evil.tar -C in; echo $?; ls in; ls evil /evil out/evil 2>/dev/null')).toBe("2\nevil\ns\ntar: ../evil: left out, as it has '..' in it\ntar: s/evil: left out, as a link is in its way\n");
  });
});
