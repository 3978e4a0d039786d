// Descriptions as plain text: lines are kept, tags are removed, escaped markup stays text.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { plainText } from '../../../src/host/web/ui/calendar/plain_text.js';

test('plain text is unchanged, including characters that look like HTML', () => {
  for (const text of ['a < b & c > d', 'Zeile 1\n  Zeile 2', '', '1 <2> 3', 'AT&T'])
    assert.equal(plainText(text), text);
});

test('lines and lists are kept, tags are removed', () => {
  assert.equal(
    plainText('Bitte <b>Preisliste</b> mitbringen.<br>Agenda folgt.'),
    'Bitte Preisliste mitbringen.\nAgenda folgt.',
  );
  assert.equal(
    plainText('<p>Eins</p><p>Zwei</p><ul><li>a</li><li>b</li></ul>'),
    'Eins\nZwei\n\n• a\n• b',
  );
  assert.equal(
    plainText('M&uuml;ller &amp; S&ouml;hne&nbsp;&#8211; &#x41;'),
    'Müller & Söhne\u00a0– A',
  );
});

test('escaped markup stays text, scripts and styles are removed', () => {
  assert.equal(plainText('&lt;b&gt;x&lt;/b&gt;'), '<b>x</b>');
  assert.equal(plainText('&amp;lt;b&amp;gt;'), '&lt;b&gt;');
  assert.equal(plainText('a<script>alert(1)</script>b<style>p{}</style><!-- c -->'), 'ab');
  assert.equal(plainText('a<script>alert(1)'), 'a');
  assert.equal(plainText('<img src=x onerror="alert(1)">bild'), 'bild');
  assert.equal(plainText('&#0;&#xd800;&#x110000;&#9999999;'), '\ufffd\ufffd\ufffd\ufffd');
});

test('long hostile texts are processed quickly', () => {
  const start = performance.now();
  for (const part of ['<', '<a', '<!--', '&', '&#', '<script', '</p', ' \t'])
    plainText(`<b>${part.repeat(100_000)}`);
  assert.ok(performance.now() - start < 2000, `${performance.now() - start} ms`);
});
