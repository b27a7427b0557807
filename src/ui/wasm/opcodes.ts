/**
 * The instructions of WebAssembly 3.0 with threads, legacy exceptions, relaxed SIMD and wide arithmetic: name, then a letter for each immediate:
 * b block type · l label · f function · t type · a table · x local · g global · m memory argument · y memory · d data · e element segment · k tag ·
 * i I r R constants (i32 i64 f32 f64) · v 16 bytes · V 16 lanes · n a lane · h heap type · T branch table · S types of select · C catches · c two
 * heap types of a cast · u number · z a byte that says nothing.
 */
export interface Opcode {
  name: string;
  immediates: string;
}

const table = (text: string): (Opcode | undefined)[] => {
  const list: (Opcode | undefined)[] = [];
  for (const group of text.trim().split('\n')) {
    const [from = '', ...entries] = group.trim().split(/\s+/);
    let code = Number.parseInt(from, 16);
    for (const entry of entries) {
      const [name = '', immediates = ''] = entry.split(':');
      if (name !== '-') list[code] = { name, immediates };
      code += 1;
    }
  }
  return list;
};

const numeric = (type: string, names: string): string => names.split(' ').map((name) => `${type}.${name}`).join(' ');
const INT_COMPARE = 'eq ne lt_s lt_u gt_s gt_u le_s le_u ge_s ge_u';
const FLOAT_COMPARE = 'eq ne lt gt le ge';
const INT_MATHS = 'clz ctz popcnt add sub mul div_s div_u rem_s rem_u and or xor shl shr_s shr_u rotl rotr';
const FLOAT_MATHS = 'abs neg ceil floor trunc nearest sqrt add sub mul div min max copysign';

export const PLAIN = table(`
00 unreachable nop block:b loop:b if:b else try:b catch:k throw:k rethrow:l throw_ref end br:l br_if:l br_table:T return
10 call:f call_indirect:ta return_call:f return_call_indirect:ta call_ref:t return_call_ref:t - - delegate:l catch_all drop select select:S - - try_table:bC
20 local.get:x local.set:x local.tee:x global.get:g global.set:g table.get:a table.set:a
28 ${['i32.load', 'i64.load', 'f32.load', 'f64.load', 'i32.load8_s', 'i32.load8_u', 'i32.load16_s', 'i32.load16_u', 'i64.load8_s', 'i64.load8_u', 'i64.load16_s', 'i64.load16_u', 'i64.load32_s', 'i64.load32_u', 'i32.store', 'i64.store', 'f32.store', 'f64.store', 'i32.store8', 'i32.store16', 'i64.store8', 'i64.store16', 'i64.store32'].map((name) => `${name}:m`).join(' ')}
3f memory.size:y memory.grow:y i32.const:i i64.const:I f32.const:r f64.const:R
45 i32.eqz ${numeric('i32', INT_COMPARE)} i64.eqz ${numeric('i64', INT_COMPARE)} ${numeric('f32', FLOAT_COMPARE)} ${numeric('f64', FLOAT_COMPARE)}
67 ${numeric('i32', INT_MATHS)} ${numeric('i64', INT_MATHS)} ${numeric('f32', FLOAT_MATHS)} ${numeric('f64', FLOAT_MATHS)}
a7 i32.wrap_i64 i32.trunc_f32_s i32.trunc_f32_u i32.trunc_f64_s i32.trunc_f64_u i64.extend_i32_s i64.extend_i32_u i64.trunc_f32_s i64.trunc_f32_u i64.trunc_f64_s i64.trunc_f64_u
b2 f32.convert_i32_s f32.convert_i32_u f32.convert_i64_s f32.convert_i64_u f32.demote_f64 f64.convert_i32_s f64.convert_i32_u f64.convert_i64_s f64.convert_i64_u f64.promote_f32
bc i32.reinterpret_f32 i64.reinterpret_f64 f32.reinterpret_i32 f64.reinterpret_i64 i32.extend8_s i32.extend16_s i64.extend8_s i64.extend16_s i64.extend32_s
d0 ref.null:h ref.is_null ref.func:f ref.eq ref.as_non_null br_on_null:l br_on_non_null:l`);

/** Prefix 0xfb: structures, arrays, casts. */
const GC = table(`
00 struct.new:t struct.new_default:t struct.get:tu struct.get_s:tu struct.get_u:tu struct.set:tu array.new:t array.new_default:t array.new_fixed:tu array.new_data:td array.new_elem:te array.get:t array.get_s:t array.get_u:t array.set:t array.len
10 array.fill:t array.copy:tt array.init_data:td array.init_elem:te ref.test:h ref.test_null:h ref.cast:h ref.cast_null:h br_on_cast:c br_on_cast_fail:c any.convert_extern extern.convert_any ref.i31 i31.get_s i31.get_u`);

/** Prefix 0xfc. */
const MISC = table(`
00 i32.trunc_sat_f32_s i32.trunc_sat_f32_u i32.trunc_sat_f64_s i32.trunc_sat_f64_u i64.trunc_sat_f32_s i64.trunc_sat_f32_u i64.trunc_sat_f64_s i64.trunc_sat_f64_u
08 memory.init:dy data.drop:d memory.copy:yy memory.fill:y table.init:ea elem.drop:e table.copy:aa table.grow:a table.size:a table.fill:a
13 i64.add128 i64.sub128 i64.mul_wide_s i64.mul_wide_u`);

const lanes = (shape: string, names: string): string => numeric(shape, names);
const SMALL = 'abs neg';

/** Prefix 0xfd: vectors. */
const SIMD = table(`
00 v128.load:m v128.load8x8_s:m v128.load8x8_u:m v128.load16x4_s:m v128.load16x4_u:m v128.load32x2_s:m v128.load32x2_u:m v128.load8_splat:m v128.load16_splat:m v128.load32_splat:m v128.load64_splat:m v128.store:m v128.const:v i8x16.shuffle:V i8x16.swizzle
0f i8x16.splat i16x8.splat i32x4.splat i64x2.splat f32x4.splat f64x2.splat
15 i8x16.extract_lane_s:n i8x16.extract_lane_u:n i8x16.replace_lane:n i16x8.extract_lane_s:n i16x8.extract_lane_u:n i16x8.replace_lane:n i32x4.extract_lane:n i32x4.replace_lane:n i64x2.extract_lane:n i64x2.replace_lane:n f32x4.extract_lane:n f32x4.replace_lane:n f64x2.extract_lane:n f64x2.replace_lane:n
23 ${lanes('i8x16', INT_COMPARE)} ${lanes('i16x8', INT_COMPARE)} ${lanes('i32x4', INT_COMPARE)} ${lanes('f32x4', FLOAT_COMPARE)} ${lanes('f64x2', FLOAT_COMPARE)}
4d v128.not v128.and v128.andnot v128.or v128.xor v128.bitselect v128.any_true
54 v128.load8_lane:mn v128.load16_lane:mn v128.load32_lane:mn v128.load64_lane:mn v128.store8_lane:mn v128.store16_lane:mn v128.store32_lane:mn v128.store64_lane:mn v128.load32_zero:m v128.load64_zero:m f32x4.demote_f64x2_zero f64x2.promote_low_f32x4
60 ${lanes('i8x16', `${SMALL} popcnt all_true bitmask narrow_i16x8_s narrow_i16x8_u`)} f32x4.ceil f32x4.floor f32x4.trunc f32x4.nearest ${lanes('i8x16', 'shl shr_s shr_u add add_sat_s add_sat_u sub sub_sat_s sub_sat_u')} f64x2.ceil f64x2.floor ${lanes('i8x16', 'min_s min_u max_s max_u')} f64x2.trunc i8x16.avgr_u
7c i16x8.extadd_pairwise_i8x16_s i16x8.extadd_pairwise_i8x16_u i32x4.extadd_pairwise_i16x8_s i32x4.extadd_pairwise_i16x8_u
80 ${lanes('i16x8', `${SMALL} q15mulr_sat_s all_true bitmask narrow_i32x4_s narrow_i32x4_u extend_low_i8x16_s extend_high_i8x16_s extend_low_i8x16_u extend_high_i8x16_u shl shr_s shr_u add add_sat_s add_sat_u sub sub_sat_s sub_sat_u`)} f64x2.nearest ${lanes('i16x8', 'mul min_s min_u max_s max_u')} - i16x8.avgr_u ${lanes('i16x8', 'extmul_low_i8x16_s extmul_high_i8x16_s extmul_low_i8x16_u extmul_high_i8x16_u')}
a0 ${lanes('i32x4', SMALL)} - i32x4.all_true i32x4.bitmask - - ${lanes('i32x4', 'extend_low_i16x8_s extend_high_i16x8_s extend_low_i16x8_u extend_high_i16x8_u shl shr_s shr_u add')} - - i32x4.sub - - - ${lanes('i32x4', 'mul min_s min_u max_s max_u dot_i16x8_s')} - ${lanes('i32x4', 'extmul_low_i16x8_s extmul_high_i16x8_s extmul_low_i16x8_u extmul_high_i16x8_u')}
c0 ${lanes('i64x2', SMALL)} - i64x2.all_true i64x2.bitmask - - ${lanes('i64x2', 'extend_low_i32x4_s extend_high_i32x4_s extend_low_i32x4_u extend_high_i32x4_u shl shr_s shr_u add')} - - i64x2.sub - - - ${lanes('i64x2', 'mul eq ne lt_s gt_s le_s ge_s extmul_low_i32x4_s extmul_high_i32x4_s extmul_low_i32x4_u extmul_high_i32x4_u')}
e0 f32x4.abs f32x4.neg - ${lanes('f32x4', 'sqrt add sub mul div min max pmin pmax')} f64x2.abs f64x2.neg - ${lanes('f64x2', 'sqrt add sub mul div min max pmin pmax')}
f8 i32x4.trunc_sat_f32x4_s i32x4.trunc_sat_f32x4_u f32x4.convert_i32x4_s f32x4.convert_i32x4_u i32x4.trunc_sat_f64x2_s_zero i32x4.trunc_sat_f64x2_u_zero f64x2.convert_low_i32x4_s f64x2.convert_low_i32x4_u
100 i8x16.relaxed_swizzle i32x4.relaxed_trunc_f32x4_s i32x4.relaxed_trunc_f32x4_u i32x4.relaxed_trunc_f64x2_s_zero i32x4.relaxed_trunc_f64x2_u_zero f32x4.relaxed_madd f32x4.relaxed_nmadd f64x2.relaxed_madd f64x2.relaxed_nmadd i8x16.relaxed_laneselect i16x8.relaxed_laneselect i32x4.relaxed_laneselect i64x2.relaxed_laneselect f32x4.relaxed_min f32x4.relaxed_max f64x2.relaxed_min f64x2.relaxed_max i16x8.relaxed_q15mulr_s i16x8.relaxed_dot_i8x16_i7x16_s i32x4.relaxed_dot_i8x16_i7x16_add_s`);

const widths = (operation: string): string => {
  const suffix = operation === 'load' || operation === 'store' ? '' : '_u';
  const name = (type: string, width: string): string => {
    if (operation === 'load') return `${type}.atomic.load${width}${width && '_u'}:m`;
    if (operation === 'store') return `${type}.atomic.store${width}:m`;
    return `${type}.atomic.rmw${width}.${operation}${width && suffix}:m`;
  };
  return [['i32', ''], ['i64', ''], ['i32', '8'], ['i32', '16'], ['i64', '8'], ['i64', '16'], ['i64', '32']].map(([type = '', width = '']) => name(type, width)).join(' ');
};

/** Prefix 0xfe: threads. */
const ATOMIC = table(`
00 memory.atomic.notify:m memory.atomic.wait32:m memory.atomic.wait64:m atomic.fence:z
10 ${['load', 'store', 'add', 'sub', 'and', 'or', 'xor', 'xchg', 'cmpxchg'].map(widths).join(' ')}`);

export const PREFIXED: Readonly<Record<number, (Opcode | undefined)[]>> = { 0xfb: GC, 0xfc: MISC, 0xfd: SIMD, 0xfe: ATOMIC };
