/** Traditional characters that news on government and cities use, each before its simplified one. */
const PAIRS = [
  "數数據据開开資资訊讯網网絡络電电務务證证認认識识隱隐護护個个車车動动醫医療疗遠远學学習习採采購购標标參参與与眾众見见慮虑雲云計计區区塊块鏈链發发廣广寬宽頻频帶带",
  "訂订雙双熱热環环節节減减氣气變变遷迁監监測测質质廢废處处類类燈灯築筑規规劃划設设許许詐诈騙骗偽伪駭骇軟软體体擊击災灾應应緊紧報报預预無无機机駕驾駛驶軌轨運运鐵铁",
  "單单騎骑橋桥樓楼稅税稱称繳缴費费貨货幣币錢钱過过業业辦办項项執执審审關关統统協协辯辩訴诉訟讼線线聯联結结連连遙遥圖图書书館馆鄉乡農农鎮镇齡龄殘残礙碍視视聽听選选",
  "舉举問问責责違违賄贿貪贪領领導导張张長长門门戶户戰战創创競竞爭争賽赛優优獎奖獨独壟垄斷断臺台灣湾總总級级聲声紋纹臉脸檢检屬属權权簽签號号碼码條条約约圍围國国際际",
  "亞亚歐欧飛飞構构實实劇剧產产術术語语義义練练訓训題题場场儲储倉仓庫库陽阳風风換换額额積积極极濟济師师閱阅讀读評评價价調调從从眞真準准備备組组織织團团員员記记錄录",
  "註注冊册鍵键維维靈灵擬拟現现傳传廳厅樹树綠绿藍蓝藥药險险簡简歷历檔档壓压噴喷鄰邻爾尔賬账帳帐滲渗補补誤误謠谣鎖锁進进貿贸達达還还這这麼么盤盘腦脑層层廠厂畫画戲戏",
  "億亿萬万幫帮專专顯显顧顾願愿頭头顏颜飲饮養养魚鱼鳥鸟麗丽齊齐",
].join("");

/** Simplified form by traditional character, so that one keyword finds both. */
export const TRADITIONAL: ReadonlyMap<string, string> = new Map(
  Array.from({ length: PAIRS.length / 2 }, (_, index): [string, string] => [
    PAIRS.charAt(index * 2),
    PAIRS.charAt(index * 2 + 1),
  ]),
);
