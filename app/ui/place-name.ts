import { countryName, type Writing } from "./format";

/**
 * Names of provinces by their codes, in the countries where Shopify's addresses carry one and most orders have been
 * seen to go. Browsers know the names of countries, not of these.
 */
const PROVINCES: Record<string, string> = {
  AU:
    "ACT Australian Capital Territory;NSW New South Wales;NT Northern Territory;QLD Queensland;SA South Australia;" +
    "TAS Tasmania;VIC Victoria;WA Western Australia",
  BR:
    "AC Acre;AL Alagoas;AM Amazonas;AP Amapá;BA Bahia;CE Ceará;DF Distrito Federal;ES Espírito Santo;GO Goiás;" +
    "MA Maranhão;MG Minas Gerais;MS Mato Grosso do Sul;MT Mato Grosso;PA Pará;PB Paraíba;PE Pernambuco;PI Piauí;" +
    "PR Paraná;RJ Rio de Janeiro;RN Rio Grande do Norte;RO Rondônia;RR Roraima;RS Rio Grande do Sul;" +
    "SC Santa Catarina;SE Sergipe;SP São Paulo;TO Tocantins",
  CA:
    "AB Alberta;BC British Columbia;MB Manitoba;NB New Brunswick;NL Newfoundland and Labrador;" +
    "NS Nova Scotia;NT Northwest Territories;NU Nunavut;ON Ontario;PE Prince Edward Island;QC Quebec;" +
    "SK Saskatchewan;YT Yukon",
  DE:
    "BB Brandenburg;BE Berlin;BW Baden-Württemberg;BY Bavaria;HB Bremen;HE Hesse;HH Hamburg;" +
    "MV Mecklenburg-Western Pomerania;NI Lower Saxony;NW North Rhine-Westphalia;RP Rhineland-Palatinate;" +
    "SH Schleswig-Holstein;SL Saarland;SN Saxony;ST Saxony-Anhalt;TH Thuringia",
  GB: "ENG England;NIR Northern Ireland;SCT Scotland;WLS Wales",
  IE:
    "CE County Clare;CN County Cavan;CO County Cork;CW County Carlow;D County Dublin;DL County Donegal;" +
    "G County Galway;KE County Kildare;KK County Kilkenny;KY County Kerry;LD County Longford;LH County Louth;" +
    "LK County Limerick;LM County Leitrim;LS County Laois;MH County Meath;MN County Monaghan;MO County Mayo;" +
    "OY County Offaly;RN County Roscommon;SO County Sligo;TA County Tipperary;WD County Waterford;" +
    "WH County Westmeath;WW County Wicklow;WX County Wexford",
  US:
    "AK Alaska;AL Alabama;AR Arkansas;AZ Arizona;CA California;CO Colorado;CT Connecticut;DC Washington DC;" +
    "DE Delaware;FL Florida;GA Georgia;HI Hawaii;IA Iowa;ID Idaho;IL Illinois;IN Indiana;KS Kansas;KY Kentucky;" +
    "LA Louisiana;MA Massachusetts;MD Maryland;ME Maine;MI Michigan;MN Minnesota;MO Missouri;MS Mississippi;" +
    "MT Montana;NC North Carolina;ND North Dakota;NE Nebraska;NH New Hampshire;NJ New Jersey;NM New Mexico;" +
    "NV Nevada;NY New York;OH Ohio;OK Oklahoma;OR Oregon;PA Pennsylvania;PR Puerto Rico;RI Rhode Island;" +
    "SC South Carolina;SD South Dakota;TN Tennessee;TX Texas;UT Utah;VA Virginia;VT Vermont;WA Washington;" +
    "WI Wisconsin;WV West Virginia;WY Wyoming",
};

/** Where an order goes, as "Berlin, Germany"; a province whose name is not known stays its code. Empty if unknown. */
export function placeName(place: { country: string | null; province: string | null }, writing: Writing): string {
  const { country, province } = place;
  if (country === null) return "";
  return [province && provinceName(country, province), countryName(country, writing)].filter(Boolean).join(", ");
}

function provinceName(country: string, province: string): string {
  const named = PROVINCES[country]?.split(";").find((one) => one.startsWith(`${province} `));
  return named?.slice(province.length + 1) ?? province;
}
