"""What the demo's people write on their claims, and what officers write back."""

WORKS = (
    "跑外卖",
    "做家政",
    "早市摆摊",
    "开网约车",
    "给几家店打零工",
    "做月嫂",
    "修家电",
    "快递分拣零工",
    "网店客服兼职",
)
BANKS = ("盛京银行", "中国工商银行", "中国建设银行", "中国农业银行", "中国邮政储蓄银行")
NOTE = "缴费凭证看不清金额，请把纸铺平、四个角都拍进去，重新上传。"
