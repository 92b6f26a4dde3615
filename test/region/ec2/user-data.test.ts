import { readUserData } from '../../../region/ec2/user-data';

const encode = (text: string | Buffer) => Buffer.from(text).toString('base64');

test('a script is read', () => {
  expect(readUserData(encode('#!/bin/bash\necho ☂\n'))).toBe('#!/bin/bash\necho ☂\n');
  expect(readUserData(undefined)).toBeUndefined();
});

test.each([
  ['#cloud-config\nruncmd: []\n', 'the user data begins with "#cloud-config"; a rehearsal plays scripts'],
  [
    'Content-Type: multipart/mixed; boundary="//"\n',
    'the user data begins with "Content-Type: multipart/mixed',
  ],
  [Buffer.from([0x1f, 0x8b, 8, 0]), 'not cloud-config, MIME multipart or compressed user data'],
  [`#!/bin/sh\n${'#'.repeat(16 * 1024)}`, 'User data has 16394 bytes; allowed are 16384'],
])('refuses %j', (text, message) => {
  expect(() => readUserData(encode(text))).toThrow(message);
});

test('refuses what is not encoded', () => {
  expect(() => readUserData('#!/bin/bash')).toThrow('Invalid BASE64 encoding of user data');
});
