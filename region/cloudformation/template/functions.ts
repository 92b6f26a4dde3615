import { validationError } from '../errors';
import { isObject } from './template';

/**
 * Stands for a value that exists only after the change set was executed, as AWS shows it in a change set.
 * Functions pass it on.
 */
export const KNOWN_AFTER_APPLY = '{{changeSet:KNOWN_AFTER_APPLY}}';

export function isUnknown(value: unknown): boolean {
  if (typeof value === 'string') return value.includes(KNOWN_AFTER_APPLY);
  return typeof value === 'object' && value !== null && Object.values(value).some(isUnknown);
}

/** The functions whose result depends on their arguments alone, by name. Arguments come evaluated. */
export const FUNCTIONS: Readonly<Record<string, (argument: any) => unknown>> = {
  'Fn::Base64': (text) => Buffer.from(String(text)).toString('base64'),
  'Fn::Cidr': cidr,
  'Fn::Equals': (pair) => {
    if (!Array.isArray(pair) || pair.length !== 2) {
      throw validationError(
        'Template error: every Fn::Equals object requires a list of 2 string parameters.',
      );
    }
    return String(pair[0]) === String(pair[1]);
  },
  'Fn::And': (operands) => booleans('Fn::And', operands).every(Boolean),
  'Fn::Or': (operands) => booleans('Fn::Or', operands).some(Boolean),
  'Fn::Not': (operands) => {
    if (!Array.isArray(operands) || operands.length !== 1) {
      throw validationError('Template error: every Fn::Not object requires one boolean parameter.');
    }
    return !operands[0];
  },
  'Fn::Join': (argument) => {
    const [delimiter, items] = Array.isArray(argument) ? argument : [];
    if (typeof delimiter === 'string' && isUnknown(items) && !Array.isArray(items)) return KNOWN_AFTER_APPLY;
    if (typeof delimiter !== 'string' || !Array.isArray(items)) {
      throw validationError(
        'Template error: every Fn::Join object requires two parameters, (1) a string delimiter and (2) a list of strings to be joined or a function that returns a list of strings (such as Fn::GetAZs) to be joined.',
      );
    }
    return items.map(String).join(delimiter);
  },
  'Fn::Select': (argument) => {
    const [index, items] = Array.isArray(argument) ? argument : [];
    if (isUnknown(items) && !Array.isArray(items)) return KNOWN_AFTER_APPLY;
    if (!Array.isArray(items) || !/^\d+$/.test(String(index))) {
      throw validationError(
        'Template error: Fn::Select requires a list argument with two elements: an integer index and a list',
      );
    }
    if (Number(index) >= items.length) {
      throw validationError(`Template error: Fn::Select cannot select nonexistent value at index ${index}`);
    }
    return items[Number(index)];
  },
  'Fn::Split': (argument) => {
    const [delimiter, text] = Array.isArray(argument) ? argument : [];
    if (typeof delimiter !== 'string' || delimiter === '' || typeof text !== 'string') {
      throw validationError(
        'Template error: every Fn::Split object requires two parameters, (1) a string delimiter and (2) a string to be split or a function that returns a string to be split.',
      );
    }
    return isUnknown(text) ? KNOWN_AFTER_APPLY : text.split(delimiter);
  },
};

/** The functions that `AWS::LanguageExtensions` adds. */
export const LANGUAGE_EXTENSIONS: Readonly<Record<string, (argument: any) => unknown>> = {
  'Fn::Length': (items) => {
    if (!Array.isArray(items)) throw validationError('Template error: Fn::Length requires a list argument');
    return items.length;
  },
  'Fn::ToJsonString': (value) => {
    if (!Array.isArray(value) && !isObject(value)) {
      throw validationError('Template error: Fn::ToJsonString requires an object or a list argument');
    }
    return JSON.stringify(value);
  },
};

function booleans(name: string, operands: unknown): unknown[] {
  if (!Array.isArray(operands) || operands.length < 2 || operands.length > 10) {
    throw validationError(
      `Template error: every ${name} object requires a list of at least 2 and at most 10 boolean parameters.`,
    );
  }
  return operands;
}

/** `count` consecutive blocks with `bits` host bits each, from the start of an IPv4 block. */
function cidr(argument: unknown): unknown {
  const [block, count, bits] = Array.isArray(argument) ? argument : [];
  if (isUnknown(block)) return KNOWN_AFTER_APPLY;
  const match = /^(\d+)\.(\d+)\.(\d+)\.(\d+)\/(\d+)$/.exec(String(block));
  const [blocks, hostBits] = [Number(count), Number(bits ?? 8)];
  if (!match || !(blocks >= 1 && blocks <= 256) || !(hostBits >= 0 && hostBits <= 32)) {
    throw validationError(
      `Template error: Fn::Cidr requires an IPv4 block, a count from 1 to 256 and host bits from 0 to 32; found ${JSON.stringify(argument)}`,
    );
  }
  const [a, b, c, d, prefix] = match.slice(1).map(Number);
  const size = 2 ** hostBits;
  const start =
    Math.floor((a * 2 ** 24 + b * 2 ** 16 + c * 2 ** 8 + d) / 2 ** (32 - prefix)) * 2 ** (32 - prefix);
  if (blocks * size > 2 ** (32 - prefix)) {
    throw validationError(
      `Template error: Fn::Cidr cannot make ${blocks} blocks of ${size} addresses from ${block}`,
    );
  }
  return Array.from({ length: blocks }, (_, index) => {
    const address = start + index * size;
    return `${[24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.')}/${32 - hostBits}`;
  });
}
