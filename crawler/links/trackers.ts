const PREFIXES = ["utm_", "at_", "mtm_", "matomo_", "hsa_"];

const NAMES = new Set(
  `fbclid gclid gclsrc dclid gbraid wbraid msclkid yclid ysclid twclid ttclid li_fat_id igshid igsh
  mc_cid mc_eid mkt_tok _ga _gl _openstat _hsenc _hsmi hsctatracking vero_id oly_anon_id oly_enc_id
  xtor xts cmpid ocid s_cid spm ref_src ref_url wt_mc wt_zmc wt.mc_id wt.tsrc smid sr_share
  pk_campaign pk_kwd pk_keyword pk_source pk_medium pk_content pk_cid
  fb_action_ids fb_action_types fb_source fb_ref action_object_map __twitter_impression
  guccounter guce_referrer guce_referrer_sig
  ns_campaign ns_mchannel ns_source ns_linkname ns_fee isappinstalled`.split(/\s+/),
);

/** Whether a query parameter only says where a reader came from (names compared without case). */
export function isTracker(name: string): boolean {
  const lower = name.toLowerCase();
  return NAMES.has(lower) || PREFIXES.some((prefix) => lower.startsWith(prefix));
}
