"""The numbers of the bodies in the EXIF of their pictures, by USB product id.

MakerNote tag 0x0010, as exiftool names them; the abilities of a native body and property 0xd049 of
a PTP body say the same (canon-native-usb, section 7.5; canon-powershot-ptp, section 3). Bodies that
are not here have no number that is known.
"""

from __future__ import annotations

MODEL_IDS = {
    0x3044: 0x01140000,  # EOS D30
    0x3045: 0x06040000,  # PowerShot S100 (2000)
    0x3046: 0x06040000,  # IXY DIGITAL
    0x3047: 0x06040000,  # Digital IXUS
    0x3048: 0x04040000,  # PowerShot G1
    0x3049: 0x03010000,  # PowerShot Pro90 IS
    0x304B: 0x01040000,  # IXY DIGITAL 300
    0x304C: 0x01040000,  # PowerShot S300
    0x304D: 0x01040000,  # Digital IXUS 300
    0x304E: 0x01060000,  # PowerShot A20
    0x304F: 0x01080000,  # PowerShot A10
    0x3051: 0x01090000,  # PowerShot S110 (2001)
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
    0x3099: 0x80000170,  # EOS 300D
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
    0x30BC: 0x80000168,  # EOS 10D
    0x30BF: 0x01540000,  # Digital IXUS 40
    0x30C0: 0x01550000,  # PowerShot SD200, Digital IXUS 30, IXY Digital 40
    0x30C1: 0x01560000,  # PowerShot SD400, Digital IXUS 50, IXY Digital 55, PowerShot A520
    0x30C2: 0x01570000,  # PowerShot A510
    0x30C4: 0x01590000,  # PowerShot SD20, Digital IXUS i5, IXY Digital L2
    0x30EA: 0x80000174,  # EOS-1D Mark II
    0x30EB: 0x80000175,  # EOS 20D
    0x30EC: 0x80000175,  # EOS 20D
    0x30EE: 0x80000189,  # EOS 350D, Digital Rebel XT, EOS Kiss Digital N
    0x30EF: 0x80000189,  # EOS 350D
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
    0x3102: 0x80000213,  # EOS 5D
    0x310E: 0x01870000,  # Digital IXUS 50
    0x310F: 0x01880000,  # PowerShot A420
    0x3110: 0x80000236,  # EOS 400D
    0x3113: 0x80000234,  # EOS 30D
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
    0x3145: 0x80000176,  # EOS 450D
    0x3146: 0x80000190,  # EOS 40D
    0x3147: 0x80000169,  # EOS-1D Mark III
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
    0x317B: 0x80000254,  # EOS 1000D
    0x3184: 0x02430000,  # Digital IXUS 80 IS, PowerShot SD1100 IS
    0x318D: 0x02470000,  # PowerShot SX10 IS
    0x318E: 0x02480000,  # PowerShot A1000 IS
    0x3191: 0x02510000,  # PowerShot A2000 IS
    0x3193: 0x02530000,  # Digital IXUS 980 IS, PowerShot SD990 IS, IXY 3000 IS
    0x3196: 0x02540000,  # PowerShot SD880 IS
    0x3199: 0x80000218,  # EOS 5D Mark II
    0x319A: 0x80000250,  # EOS 7D
    0x319B: 0x80000261,  # EOS 50D
    0x31BC: 0x02560000,  # PowerShot D10
    0x31BD: 0x02570000,  # Digital IXUS 110 IS
    0x31BE: 0x02580000,  # PowerShot A2100 IS
    0x31BF: 0x02590000,  # PowerShot A480
    0x31C0: 0x02600000,  # PowerShot SX200 IS
    0x31C1: 0x02610000,  # Digital IXUS 990 IS, PowerShot SD970 IS
    0x31C2: 0x02620000,  # Digital IXUS 100 IS, PowerShot SD780 IS
    0x31C3: 0x02630000,  # PowerShot A1100 IS
    0x31C4: 0x02640000,  # PowerShot SD1200 IS, Digital IXUS 95 IS
    0x31CF: 0x80000252,  # EOS 500D
    0x31D0: 0x80000281,  # EOS-1D Mark IV
    0x31DF: 0x02700000,  # PowerShot G11
    0x31E0: 0x02710000,  # PowerShot SX120 IS
    0x31E4: 0x02750000,  # PowerShot SX20 IS
    0x31E6: 0x02770000,  # IXY 220 IS, Digital IXUS 120 IS, PowerShot SD940 IS
    0x31EA: 0x80000270,  # EOS 550D
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
    0x3215: 0x80000287,  # EOS 60D
    0x3217: 0x80000288,  # EOS 1100D
    0x3218: 0x80000286,  # EOS 600D
    0x3219: 0x80000269,  # EOS-1D X
    0x3225: 0x03000000,  # IXUS 310 HS
    0x3226: 0x03010000,  # PowerShot A800
    0x3228: 0x03030000,  # PowerShot SX230 HS
    0x322A: 0x03050000,  # PowerShot A2200
    0x322C: 0x03070000,  # PowerShot SX220 HS
    0x3233: 0x03080000,  # PowerShot G1 X
    0x3234: 0x03090000,  # PowerShot SX150 IS
    0x3236: 0x03110000,  # PowerShot S100 (2011)
    0x3238: 0x03130000,  # PowerShot SX40 HS
    0x323A: 0x80000285,  # EOS 5D Mark III
    0x323B: 0x80000301,  # EOS 650D
    0x323D: 0x80000331,  # EOS M
    0x323E: 0x03160000,  # PowerShot A1300
    0x323F: 0x03170000,  # PowerShot A810
    0x3241: 0x03190000,  # IXUS 125 HS
    0x3243: 0x03210000,  # PowerShot A4000 IS
    0x3244: 0x03220000,  # PowerShot SX260 HS
    0x3245: 0x03230000,  # PowerShot SX240 HS
    0x3249: 0x03270000,  # PowerShot A2400 IS
    0x324A: 0x03280000,  # PowerShot A2300
    0x3250: 0x80000302,  # EOS 6D
    0x3252: 0x80000324,  # EOS-1D C
    0x3253: 0x80000325,  # EOS 70D
    0x3258: 0x03330000,  # PowerShot G15
    0x325A: 0x03350000,  # PowerShot SX160 IS
    0x325B: 0x03360000,  # PowerShot S110 (2012)
    0x325C: 0x03370000,  # PowerShot SX500 IS
    0x325F: 0x03400000,  # PowerShot SX280 HS
    0x3261: 0x03420000,  # PowerShot A3500 IS
    0x3262: 0x03430000,  # PowerShot A2600
    0x3264: 0x03450000,  # PowerShot A1400
    0x3268: 0x03490000,  # IXUS 255 HS
    0x326F: 0x80000289,  # EOS 7D Mark II
    0x3270: 0x80000346,  # EOS 100D
    0x3271: 0x03510000,  # PowerShot A2500
    0x3272: 0x80000326,  # EOS 700D
    0x3273: 0x80000355,  # EOS M2
    0x3274: 0x03540000,  # PowerShot G16
    0x3275: 0x03550000,  # PowerShot S120
    0x3276: 0x03560000,  # PowerShot SX170 IS
    0x3277: 0x03580000,  # PowerShot SX510 HS
    0x327D: 0x03470000,  # IXUS 132
    0x327F: 0x80000327,  # EOS 1200D
    0x3280: 0x80000347,  # EOS 760D
    0x3281: 0x80000349,  # EOS 5D Mark IV
    0x3286: 0x03670000,  # PowerShot SX600 HS
    0x3288: 0x03690000,  # PowerShot ELPH 135
    0x3289: 0x03700000,  # PowerShot ELPH 340 HS
    0x3292: 0x80000328,  # EOS-1D X Mark II
    0x3294: 0x80000350,  # EOS 80D
    0x3295: 0x80000382,  # EOS 5DS
    0x3299: 0x03740000,  # EOS M3
    0x329A: 0x03750000,  # PowerShot SX60 HS
    0x329B: 0x03760000,  # PowerShot SX520 HS
    0x329D: 0x03780000,  # PowerShot G7 X
    0x329F: 0x03800000,  # PowerShot SX530 HS
    0x32A0: 0x03840000,  # EOS M10
    0x32A1: 0x80000393,  # EOS 750D
    0x32A8: 0x03850000,  # PowerShot G3 X
    0x32A9: 0x03860000,  # IXUS 165
    0x32AA: 0x03870000,  # IXUS 160
    0x32AB: 0x03880000,  # PowerShot ELPH 350 HS
    0x32AF: 0x80000401,  # EOS 5DS R
    0x32B3: 0x03950000,  # PowerShot G5 X
    0x32B4: 0x80000404,  # EOS 1300D
    0x32BB: 0x03940000,  # EOS M5
    0x32BC: 0x03970000,  # PowerShot G7 X Mark II
    0x32BE: 0x04010000,  # PowerShot SX540 HS
    0x32C0: 0x04030000,  # IXUS 180
    0x32C2: 0x04050000,  # PowerShot SX720 HS
    0x32C3: 0x04060000,  # PowerShot SX620 HS
    0x32C7: 0x04100000,  # PowerShot G9 X Mark II
    0x32C9: 0x80000405,  # EOS Rebel T7i
    0x32CA: 0x80000406,  # EOS 6D Mark II
    0x32CB: 0x80000408,  # EOS 77D
    0x32CC: 0x80000417,  # EOS 200D
    0x32D1: 0x03980000,  # EOS M100
    0x32D2: 0x00000412,  # EOS M50
    0x32D4: 0x04150000,  # IXUS 185
    0x32D6: 0x04170000,  # PowerShot SX730 HS
    0x32D9: 0x80000422,  # EOS 4000D
    0x32DA: 0x80000424,  # EOS R
    0x32E1: 0x80000432,  # EOS 2000D
    0x32E2: 0x80000433,  # EOS RP
    0x32E4: 0x00000801,  # PowerShot SX740 HS
    0x32E7: 0x00000811,  # EOS M6 Mark II
    0x32E8: 0x80000428,  # EOS-1D X Mark III
    0x32E9: 0x80000436,  # EOS 250D
    0x32EA: 0x80000437,  # EOS 90D
    0x32EE: 0x00000805,  # PowerShot SX70 HS
    0x32EF: 0x00000812,  # EOS M200
    0x32F0: 0x00000808,  # PowerShot G7 X Mark III
    0x32F1: 0x80000435,  # EOS Rebel T8i
    0x32F4: 0x80000421,  # EOS R5
    0x32F5: 0x80000453,  # EOS R6
    0x32F7: 0x80000464,  # EOS R7
    0x32F8: 0x80000465,  # EOS R10
    0x32F9: 0x80000468,  # EOS M50m2
    0x32FC: 0x80000450,  # EOS R3
    0x330B: 0x80000481,  # EOS R6m2
    0x330C: 0x80000487,  # EOS R8
    0x330D: 0x80000480,  # EOS R50
    0x3312: 0x80000498,  # EOS R100
    0x3313: 0x80000495,  # EOS R1
    0x3314: 0x80000496,  # EOS R5m2
    0x3320: 0x80000516,  # EOS R50 V
    0x3323: 0x80000518,  # EOS R6 Mark III
}
