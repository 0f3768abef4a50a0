"""The numbers of the bodies in the EXIF of their pictures, by USB product id.

MakerNote tag 0x0010, as exiftool names them; the abilities of a native body and property 0xd049 of
a PTP body say the same (canon-native-usb, section 7.5; canon-powershot-ptp, section 3). Bodies that
are not here have no number that is known.
"""

from __future__ import annotations

MODEL_IDS = {
    0x3044: 0x01140000,  # EOS D30
    0x3045: 0x06040000,  # PowerShot S100
    0x3046: 0x06040000,  # IXY DIGITAL
    0x3047: 0x06040000,  # Digital IXUS
    0x3048: 0x04040000,  # PowerShot G1
    0x3049: 0x03010000,  # PowerShot Pro90 IS
    0x304B: 0x01040000,  # IXY DIGITAL 300
    0x304C: 0x01040000,  # PowerShot S300
    0x304D: 0x01040000,  # Digital IXUS 300
    0x304E: 0x01060000,  # PowerShot A20
    0x304F: 0x01080000,  # PowerShot A10
    0x3051: 0x01090000,  # PowerShot S110
    0x3052: 0x01090000,  # Digital IXUS v
    0x3055: 0x01100000,  # PowerShot G2
    0x3056: 0x01110000,  # PowerShot S40
    0x3057: 0x01120000,  # PowerShot S30
    0x3058: 0x01130000,  # PowerShot A40
    0x3059: 0x01010000,  # PowerShot A30
    0x3060: 0x80000166,  # EOS D60
    0x3061: 0x01150000,  # PowerShot A100
    0x3062: 0x01170000,  # PowerShot A200
    0x3065: 0x01160000,  # PowerShot S200, Digital IXUS v2
    0x3066: 0x01180000,  # PowerShot S330, Digital IXUS 330
    0x3069: 0x01190000,  # PowerShot G3
    0x306C: 0x01210000,  # PowerShot S45
    0x306D: 0x01210000,  # PowerShot S45
    0x306E: 0x01190000,  # PowerShot G3
    0x306F: 0x01190000,  # PowerShot G3
    0x3070: 0x01240000,  # PowerShot S230, Digital IXUS v3
    0x3071: 0x01240000,  # PowerShot S230, Digital IXUS v3
    0x3072: 0x01230000,  # PowerShot SD100, Digital IXUS II
    0x3073: 0x01250000,  # PowerShot A70
    0x3074: 0x01260000,  # PowerShot A60
    0x3075: 0x01270000,  # Digital IXUS 400, PowerShot S400
    0x3076: 0x01300000,  # PowerShot A300
    0x3077: 0x01310000,  # PowerShot S50
    0x307F: 0x8003024A,  # Optura 20
    0x3080: 0x8003024A,  # Optura 20, MVX150i
    0x3083: 0x80000168,  # EOS 10D
    0x3084: 0x80000170,  # EOS 300D, EOS Digital Rebel, EOS Kiss Digital
    0x3085: 0x01290000,  # PowerShot G5
    0x309A: 0x01340000,  # PowerShot A80
    0x309B: 0x01350000,  # PowerShot SD10 Digital ELPH, Digital IXUS i, PowerShot IXY Digital L
    0x309C: 0x01360000,  # PowerShot S1 IS
    0x30B1: 0x01380000,  # PowerShot S70
    0x30B2: 0x01390000,  # PowerShot S60
    0x30B3: 0x01400000,  # PowerShot G6
    0x30B4: 0x01410000,  # Digital IXUS 500, PowerShot S500 Digital ELPH, IXY Digital 500
    0x30B5: 0x01420000,  # PowerShot A75
    0x30B6: 0x01440000,  # PowerShot SD110 Digital ELPH, Digital IXUS IIs
    0x30B7: 0x01450000,  # PowerShot A400
    0x30B8: 0x01470000,  # PowerShot A310
    0x30B9: 0x01490000,  # PowerShot A85
    0x30BA: 0x01520000,  # PowerShot S410 Digital ELPH, Digital IXUS 430, IXY Digital 430
    0x30BB: 0x01530000,  # PowerShot A95
    0x30BF: 0x01540000,  # Digital IXUS 40
    0x30C0: 0x01550000,  # PowerShot SD200, Digital IXUS 30, IXY Digital 40
    0x30C1: 0x01560000,  # PowerShot SD400, Digital IXUS 50, IXY Digital 55, PowerShot A520
    0x30C2: 0x01570000,  # PowerShot A510
    0x30C4: 0x01590000,  # PowerShot SD20, Digital IXUS i5, IXY Digital L2
    0x30EB: 0x80000175,  # EOS 20D
    0x30EE: 0x80000189,  # EOS 350D, Digital Rebel XT, EOS Kiss Digital N
    0x30F0: 0x01640000,  # PowerShot S2 IS
    0x30F1: 0x01650000,  # PowerShot SD430, Digital IXUS Wireless
    0x30F2: 0x01660000,  # PowerShot SD500, Digital IXUS 700, IXY Digital 600
    0x30F4: 0x01700000,  # Digital IXUS iZ
    0x30F8: 0x01740000,  # PowerShot A430
    0x30F9: 0x01750000,  # PowerShot A410
    0x30FA: 0x01760000,  # PowerShot S80
    0x30FC: 0x01780000,  # PowerShot A620
    0x30FD: 0x01790000,  # PowerShot A610
    0x30FE: 0x01800000,  # PowerShot SD630, Digital IXUS 65
    0x30FF: 0x01810000,  # Digital IXUS 55, PowerShot SD450
    0x3101: 0x80000213,  # EOS 5D
    0x310E: 0x01870000,  # Digital IXUS 50
    0x310F: 0x01880000,  # PowerShot A420
    0x3115: 0x01890000,  # Digital IXUS 900 Ti, PowerShot SD900
    0x3116: 0x01900000,  # Digital IXUS 750
    0x3117: 0x01920000,  # PowerShot A700
    0x3119: 0x01940000,  # PowerShot SD700 IS, Digital IXUS 800 IS
    0x311A: 0x01950000,  # PowerShot S3 IS
    0x311B: 0x01960000,  # PowerShot A540
    0x311C: 0x01970000,  # Digital IXUS 60, PowerShot SD600
    0x3125: 0x01980000,  # PowerShot G7
    0x3126: 0x01990000,  # PowerShot A530
    0x3136: 0x02000000,  # Digital IXUS 850 IS
    0x3137: 0x02010000,  # PowerShot SD40
    0x3138: 0x02020000,  # PowerShot A710 IS
    0x3139: 0x02030000,  # PowerShot A640
    0x313A: 0x02040000,  # PowerShot A630
    0x3148: 0x02090000,  # PowerShot S5 IS
    0x3149: 0x02100000,  # PowerShot A460
    0x314B: 0x02120000,  # Digital IXUS 950 IS, PowerShot SD850 IS
    0x314C: 0x02130000,  # PowerShot A570 IS
    0x314D: 0x02140000,  # PowerShot A560
    0x314E: 0x02150000,  # Digital IXUS 75, PowerShot SD750
    0x314F: 0x02160000,  # Digital IXUS 70, PowerShot SD1000
    0x3150: 0x02180000,  # PowerShot A550
    0x3155: 0x02190000,  # PowerShot A450
    0x315A: 0x02230000,  # PowerShot G9
    0x315B: 0x02240000,  # PowerShot A650 IS
    0x315D: 0x02260000,  # PowerShot A720 IS
    0x315E: 0x02290000,  # PowerShot SX100 IS
    0x315F: 0x02300000,  # Digital IXUS 960 IS
    0x3160: 0x02310000,  # Digital IXUS 860 IS
    0x3173: 0x02320000,  # Digital IXUS 970 IS
    0x3174: 0x02360000,  # Digital IXUS 90 IS, PowerShot SD790 IS, Digital IXUS 85 IS
    0x3175: 0x02370000,  # PowerShot SD770 IS
    0x3176: 0x02380000,  # PowerShot A590 IS
    0x3177: 0x02390000,  # PowerShot A580
    0x317A: 0x02420000,  # PowerShot A470
    0x3184: 0x02430000,  # Digital IXUS 80 IS, PowerShot SD1100 IS
    0x318D: 0x02470000,  # PowerShot SX10 IS
    0x318E: 0x02480000,  # PowerShot A1000 IS
    0x3191: 0x02510000,  # PowerShot A2000 IS
    0x3193: 0x02530000,  # Digital IXUS 980 IS, PowerShot SD990 IS, IXY 3000 IS
    0x3196: 0x02540000,  # PowerShot SD880 IS
    0x31BC: 0x02560000,  # PowerShot D10
    0x31BD: 0x02570000,  # Digital IXUS 110 IS
    0x31BE: 0x02580000,  # PowerShot A2100 IS
    0x31BF: 0x02590000,  # PowerShot A480
    0x31C0: 0x02600000,  # PowerShot SX200 IS
    0x31C1: 0x02610000,  # Digital IXUS 990 IS, PowerShot SD970 IS
    0x31C2: 0x02620000,  # Digital IXUS 100 IS, PowerShot SD780 IS
    0x31C3: 0x02630000,  # PowerShot A1100 IS
    0x31C4: 0x02640000,  # PowerShot SD1200 IS, Digital IXUS 95 IS
    0x31DF: 0x02700000,  # PowerShot G11
    0x31E0: 0x02710000,  # PowerShot SX120 IS
    0x31E4: 0x02750000,  # PowerShot SX20 IS
    0x31E6: 0x02770000,  # IXY 220 IS, Digital IXUS 120 IS, PowerShot SD940 IS
    0x31EF: 0x02800000,  # PowerShot A495
    0x31F1: 0x02820000,  # PowerShot A3100 IS
    0x31F2: 0x02830000,  # PowerShot A3000 IS
    0x31F3: 0x02840000,  # IXUS 130
    0x31F4: 0x02850000,  # PowerShot SD1300 IS
    0x31F6: 0x02870000,  # PowerShot SX210 IS
    0x31F7: 0x02880000,  # IXUS 300 HS
    0x320F: 0x02920000,  # PowerShot G12
    0x3211: 0x02940000,  # PowerShot SX130 IS
    0x3212: 0x02950000,  # PowerShot S95
    0x3225: 0x03000000,  # IXUS 310 HS
    0x3226: 0x03010000,  # PowerShot A800
    0x3228: 0x03030000,  # PowerShot SX230 HS
    0x322A: 0x03050000,  # PowerShot A2200
    0x322C: 0x03070000,  # PowerShot SX220 HS
    0x3233: 0x03080000,  # PowerShot G1 X
    0x3234: 0x03090000,  # PowerShot SX150 IS
    0x3236: 0x03110000,  # PowerShot S100
    0x3238: 0x03130000,  # PowerShot SX40 HS
    0x323E: 0x03160000,  # PowerShot A1300
    0x323F: 0x03170000,  # PowerShot A810
    0x3241: 0x03190000,  # IXUS 125 HS
    0x3243: 0x03210000,  # PowerShot A4000 IS
    0x3244: 0x03220000,  # PowerShot SX260 HS
    0x3245: 0x03230000,  # PowerShot SX240 HS
    0x3249: 0x03270000,  # PowerShot A2400 IS
    0x324A: 0x03280000,  # PowerShot A2300
    0x3258: 0x03330000,  # PowerShot G15
    0x325A: 0x03350000,  # PowerShot SX160 IS
    0x325B: 0x03360000,  # PowerShot S110
    0x325C: 0x03370000,  # PowerShot SX500 IS
    0x325F: 0x03400000,  # PowerShot SX280 HS
    0x3261: 0x03420000,  # PowerShot A3500 IS
    0x3262: 0x03430000,  # PowerShot A2600
    0x3264: 0x03450000,  # PowerShot A1400
    0x3268: 0x03490000,  # IXUS 255 HS
    0x3271: 0x03510000,  # PowerShot A2500
    0x3274: 0x03540000,  # PowerShot G16
    0x3275: 0x03550000,  # PowerShot S120
    0x3276: 0x03560000,  # PowerShot SX170 IS
    0x3277: 0x03580000,  # PowerShot SX510 HS
    0x327D: 0x03470000,  # IXUS 132
    0x3288: 0x03690000,  # PowerShot ELPH 135
    0x3289: 0x03700000,  # PowerShot ELPH 340 HS
    0x329A: 0x03750000,  # PowerShot SX60 HS
    0x329B: 0x03760000,  # PowerShot SX520 HS
    0x32A9: 0x03860000,  # IXUS 165
    0x32AA: 0x03870000,  # IXUS 160
    0x32AB: 0x03880000,  # PowerShot ELPH 350 HS
    0x32D4: 0x04150000,  # IXUS 185
}
