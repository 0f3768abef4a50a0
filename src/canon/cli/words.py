"""The words that help and TAB show, made by `python docs/cli_page.py`.

Neither has time to load the modules that have them.
"""

from __future__ import annotations

VERBS = {
    "list": "List the cameras that are there.",
    "info": "Show what the camera is.",
    "id": "Show model, firmware, owner and the number of the body.",
    "power": "Show how the camera is powered.",
    "cards": "Show the cards and their free space.",
    "shots": "Show how many pictures still fit on the card.",
    "ls": "List what is on the card.",
    "import": "Import what was never imported from the card.",
    "tether": "Fetch each picture as it is taken.",
    "get": "Save files of the card.",
    "put": "Put files into a folder of the card.",
    "thumbs": "Draw the thumbnails of a card in the terminal, with names and times.",
    "view": "Draw a picture of the card in the terminal, as large as fits.",
    "rm": "Delete files from the card.",
    "mkdir": "Make folders on the card.",
    "rmdir": "Remove empty folders from the card.",
    "protect": "Protect files of the card from deletion; a PATH may be a pattern.",
    "new": "Let files count as not downloaded yet.",
    "old": "Let files count as downloaded.",
    "owner": "Show or set the owner's name.",
    "clock": "Show or set the camera's clock.",
    "settings": "Show or change the camera's settings.",
    "custom-functions": "Show or set the custom functions (C.Fn) of an EOS.",
    "capture": "Take pictures.",
    "bulb": "Take a picture whose shutter stays open for so many SECONDS: 3.8s, 2m.",
    "timelapse": "Take a picture every so often.",
    "bracket": "Take pictures of one scene that differ in exposure, or in focus.",
    "remote": "Enter remote control and stay in it, or leave it.",
    "focus": "Focus once, lock and unlock the focus, or drive it by hand.",
    "zoom": "Show or move the zoom; 0 is wide.",
    "flash": "Let the built-in flash come up; it goes down by hand.",
    "live": "Show what the lens sees: one JPEG after the other.",
    "movie": "Record a movie onto the card, for so many seconds, or else till Ctrl-C.",
    "serve": "Serve the web app: one page for the cameras, on this computer or the network.",
    "mount": "Show the card as a folder: DIR, which is there and empty.",
    "ptp": "Carry out any operation of a camera that speaks PTP.",
    "shell": "Keep one camera open and take command after command.",
    "models": "Say whether a camera is supported, by any of its names or by its USB id.",
    "virtual": "Serve a virtual camera.",
    "decode": "Tell a recording in words.",
    "doctor": "Look for what keeps a camera from being used.",
    "udev": "Print the udev rule by which Linux lets you open Canon cameras.",
    "completion": (
        "Print what lets TAB complete in your shell: put it where the shell looks for it."
    ),
    "help": "Show the help, or that of a verb.",
}
"""What each verb is for."""
SETTINGS = {
    "image_format": """
        raw mraw sraw craw large-economy large-normal large-fine large-superfine large-custom
        large-custom-1 medium-economy medium-normal medium-fine medium-superfine medium-custom
        medium-custom-1 medium-1-economy medium-1-normal medium-1-fine medium-1-superfine
        medium-1-custom medium-1-custom-1 medium-2-economy medium-2-normal medium-2-fine
        medium-2-superfine medium-2-custom medium-2-custom-1 medium-3-economy medium-3-normal
        medium-3-fine medium-3-superfine medium-3-custom medium-3-custom-1 small-economy
        small-normal small-fine small-superfine small-custom small-custom-1 small-1-economy
        small-1-normal small-1-fine small-1-superfine small-1-custom small-1-custom-1
        small-2-economy small-2-normal small-2-fine small-2-superfine small-2-custom
        small-2-custom-1 small-3-economy small-3-normal small-3-fine small-3-superfine
        small-3-custom small-3-custom-1 raw+large-economy raw+large-normal raw+large-fine
        raw+large-superfine raw+large-custom raw+large-custom-1 raw+medium-economy
        raw+medium-normal raw+medium-fine raw+medium-superfine raw+medium-custom
        raw+medium-custom-1 raw+medium-1-economy raw+medium-1-normal raw+medium-1-fine
        raw+medium-1-superfine raw+medium-1-custom raw+medium-1-custom-1 raw+medium-2-economy
        raw+medium-2-normal raw+medium-2-fine raw+medium-2-superfine raw+medium-2-custom
        raw+medium-2-custom-1 raw+medium-3-economy raw+medium-3-normal raw+medium-3-fine
        raw+medium-3-superfine raw+medium-3-custom raw+medium-3-custom-1 raw+small-economy
        raw+small-normal raw+small-fine raw+small-superfine raw+small-custom raw+small-custom-1
        raw+small-1-economy raw+small-1-normal raw+small-1-fine raw+small-1-superfine
        raw+small-1-custom raw+small-1-custom-1 raw+small-2-economy raw+small-2-normal
        raw+small-2-fine raw+small-2-superfine raw+small-2-custom raw+small-2-custom-1
        raw+small-3-economy raw+small-3-normal raw+small-3-fine raw+small-3-superfine
        raw+small-3-custom raw+small-3-custom-1
    """.split(),
    "self_timer": [],
    "flash": """
        off auto on red-eye fill-in auto-red-eye on-red-eye
    """.split(),
    "beep": """
        on off
    """.split(),
    "shooting_mode": """
        auto program shutter-priority aperture-priority manual a-dep m-dep bulb manual-2
        far-scene fast-shutter slow-shutter night grey-scale sepia portrait spot sports macro
        black-and-white pan-focus vivid neutral flash-off long-shutter super-macro foliage
        indoor fireworks beach underwater snow kids-and-pets night-snapshot digital-macro
        my-colors photo-in-movie stitch-assist movie interval custom custom-1 custom-2 custom-3
        full-auto creative-auto hybrid-auto flexible-priority dep lock scene night-portrait
        handheld-night backlight landscape kids food candlelight creative-filter
        grainy-black-and-white soft-focus toy-camera fish-eye water-painting miniature
        hdr-art-standard hdr-art-vivid hdr-art-bold hdr-art-embossed movie-fantasy movie-old
        movie-memory movie-direct-mono movie-miniature panning group-photo hdr self-portrait
        smooth-skin panorama silent oil-painting star-portrait star-nightscape star-trails
        star-time-lapse-movie background-blur video-blog
    """.split(),
    "drive_mode": """
        single continuous continuous-low continuous-high continuous-super-high silent
        continuous-silent continuous-silent-low continuous-silent-high self-timer self-timer-2
        self-timer-10 self-timer-continuous video
    """.split(),
    "digital_zoom": [],
    "metering": """
        center-weighted spot average evaluative partial center-weighted-average spot-at-af-frame
        multi-spot
    """.split(),
    "macro": """
        on off
    """.split(),
    "af_distance": """
        manual auto close-up very-close close medium far
    """.split(),
    "focusing_point": """
        center-manual center-auto none auto right center left
    """.split(),
    "white_balance": """
        auto daylight cloudy tungsten fluorescent flash custom fluorescent-h shade
        color-temperature pc-1 pc-2 pc-3 custom-1 custom-2 custom-3 custom-4 pc-4 pc-5
        auto-white
    """.split(),
    "focus_mode": """
        one-shot ai-servo ai-focus continuous manual
    """.split(),
    "contrast": [],
    "saturation": [],
    "sharpness": [],
    "iso": """
        auto 6 12 25 50 64 80 100 125 160 200 250 320 400 500 640 800 1000 1250 1600 2000 2500
        3200 4000 5000 6400 8000 10000 12800 16000 20000 25600 32000 40000 51200 64000 80000
        102400 204800 409600 819200
    """.split(),
    "aperture": """
        auto f/1 f/1.1 f/1.2 f/1.4 f/1.6 f/1.7 f/1.8 f/2 f/2.2 f/2.4 f/2.5 f/2.8 f/3.2 f/3.4
        f/3.5 f/4 f/4.5 f/4.8 f/5 f/5.6 f/6.3 f/6.7 f/7.1 f/8 f/9 f/9.5 f/10 f/11 f/13 f/13.5
        f/14 f/16 f/18 f/19 f/20 f/22 f/25 f/27 f/29 f/32 f/36 f/38 f/40 f/45 f/51 f/54 f/57
        f/64 f/72 f/76 f/81 f/91
    """.split(),
    "shutter_speed": """
        auto bulb 30 25 23 20 15 13 11 10 8 6 5.7 5 4 3.2 3 2.5 2 1.6 1.5 1.3 1 0.8 0.7 0.6 0.5
        0.4 0.35 0.3 1/4 1/5 1/6 1/8 1/10 1/11 1/13 1/15 1/20 1/23 1/25 1/30 1/40 1/45 1/50 1/60
        1/80 1/90 1/100 1/125 1/160 1/180 1/200 1/250 1/320 1/350 1/400 1/500 1/640 1/750 1/800
        1/1000 1/1250 1/1500 1/1600 1/2000 1/2500 1/3000 1/3200 1/4000 1/5000 1/6000 1/6400
        1/8000 1/10000 1/12800 1/16000 1/20000 1/25600 1/32000
    """.split(),
    "exposure_compensation": """
        -5 -4.7 -4.5 -4.3 -4 -3.7 -3.5 -3.3 -3 -2.7 -2.5 -2.3 -2 -1.7 -1.5 -1.3 -1 -2/3 -1/2
        -1/3 0 +1/3 +1/2 +2/3 +1 +1.3 +1.5 +1.7 +2 +2.3 +2.5 +2.7 +3 +3.3 +3.5 +3.7 +4 +4.3 +4.5
        +4.7 +5
    """.split(),
    "flash_compensation": """
        -5 -4.7 -4.5 -4.3 -4 -3.7 -3.5 -3.3 -3 -2.7 -2.5 -2.3 -2 -1.7 -1.5 -1.3 -1 -2/3 -1/2
        -1/3 0 +1/3 +1/2 +2/3 +1 +1.3 +1.5 +1.7 +2 +2.3 +2.5 +2.7 +3 +3.3 +3.5 +3.7 +4 +4.3 +4.5
        +4.7 +5
    """.split(),
    "photo_effect": """
        off vivid neutral low-sharpening sepia black-and-white
    """.split(),
    "assist_light": """
        on off
    """.split(),
    "auto_rotate": """
        on off
    """.split(),
    "largest_aperture": """
        auto f/1 f/1.1 f/1.2 f/1.4 f/1.6 f/1.7 f/1.8 f/2 f/2.2 f/2.4 f/2.5 f/2.8 f/3.2 f/3.4
        f/3.5 f/4 f/4.5 f/4.8 f/5 f/5.6 f/6.3 f/6.7 f/7.1 f/8 f/9 f/9.5 f/10 f/11 f/13 f/13.5
        f/14 f/16 f/18 f/19 f/20 f/22 f/25 f/27 f/29 f/32 f/36 f/38 f/40 f/45 f/51 f/54 f/57
        f/64 f/72 f/76 f/81 f/91
    """.split(),
    "smallest_aperture": """
        auto f/1 f/1.1 f/1.2 f/1.4 f/1.6 f/1.7 f/1.8 f/2 f/2.2 f/2.4 f/2.5 f/2.8 f/3.2 f/3.4
        f/3.5 f/4 f/4.5 f/4.8 f/5 f/5.6 f/6.3 f/6.7 f/7.1 f/8 f/9 f/9.5 f/10 f/11 f/13 f/13.5
        f/14 f/16 f/18 f/19 f/20 f/22 f/25 f/27 f/29 f/32 f/36 f/38 f/40 f/45 f/51 f/54 f/57
        f/64 f/72 f/76 f/81 f/91
    """.split(),
    "focal_length": [],
    "focal_length_wide": [],
    "focal_length_tele": [],
    "rotation": [],
}
"""What each setting may be, on one camera or the other; no words for numbers."""
CUSTOM_FUNCTIONS = {
    "long_exposure_noise_reduction": """
        off on
    """.split(),
    "shutter_and_ae_lock_buttons": """
        af/ae-lock ae-lock/af af/af-lock ae/ae+af ae/af
    """.split(),
    "mirror_lockup": """
        off on
    """.split(),
    "exposure_steps": """
        1/2 1/3
    """.split(),
    "af_assist_and_flash": """
        assist+flash flash external-assist+flash assist
    """.split(),
    "flash_sync_in_av": """
        auto 1/200 1/250
    """.split(),
    "bracketing_order": """
        0-+/cancel 0-+/keep -0+/cancel -0+/keep
    """.split(),
    "shutter_curtain": """
        first second
    """.split(),
    "lens_af_stop_button": """
        af-stop af-start ae-lock af-point-auto one-shot/servo stabilizer
    """.split(),
    "fill_flash_reduction": """
        on off
    """.split(),
    "menu_return": """
        top previous-till-off previous
    """.split(),
    "set_button": """
        none quality iso parameters menu playback
    """.split(),
    "sensor_cleaning": """
        off on
    """.split(),
    "superimposed_display": """
        on off
    """.split(),
    "release_without_card": """
        on off
    """.split(),
    "af_point_registration": """
        center bottom right far-right auto far-left left top
    """.split(),
    "jpeg_beside_raw": """
        small small-fine medium medium-fine large large-fine
    """.split(),
    "assist_button": """
        none home home-while-pressed compensation fe-lock
    """.split(),
    "safety_shift": """
        off on
    """.split(),
    "af_assist": """
        on off external
    """.split(),
    "flash_firing": """
        on off
    """.split(),
    "iso_expansion": """
        off on
    """.split(),
    "af_point_selection": """
        normal multi-controller quick-dial
    """.split(),
    "flash_metering": """
        evaluative average
    """.split(),
    "original_decision_data": """
        off on
    """.split(),
    "iso_steps": [],
    "iso_range": [],
    "bracketing_cancel": [],
    "bracketed_shots": [],
    "spot_meter_at_af_point": [],
    "usable_shooting_modes": [],
    "usable_metering_modes": [],
    "metering_in_manual": [],
    "shutter_speed_range": [],
    "aperture_range": [],
    "register_shooting_and_metering_modes": [],
    "high_iso_noise_reduction": [],
    "highlight_tone_priority": [],
    "viewfinder_information": [],
    "display_light_in_bulb": [],
    "info_button": [],
    "electronic_manual_focus": [],
    "servo_tracking_sensitivity": [],
    "servo_priority": [],
    "servo_tracking_method": [],
    "lens_drive_without_focus": [],
    "af_microadjustment": [],
    "af_expansion": [],
    "selectable_af_points": [],
    "af_point_auto_selection": [],
    "switch_to_registered_af_point": [],
    "af_point_display": [],
    "af_point_brightness": [],
    "af_area_selection": [],
    "af_in_live_view": [],
    "continuous_speed": [],
    "continuous_limit": [],
    "af_on_and_ae_lock_buttons": [],
    "quick_dial_in_metering": [],
    "dials_in_manual": [],
    "dial_direction": [],
    "aperture_without_lens": [],
    "white_balance_and_size_button": [],
    "protect_button": [],
    "buttons_without_quick_dial": [],
    "focusing_screen": [],
    "timer_length": [],
    "shorter_release_lag": [],
    "aspect_ratio_information": [],
    "exposure_simulation": [],
}
"""What each custom function of an EOS may be."""
MODELS = """
    digital-ixus digital-ixus-100-is digital-ixus-110-is digital-ixus-120-is digital-ixus-30
    digital-ixus-300 digital-ixus-330 digital-ixus-40 digital-ixus-400 digital-ixus-430
    digital-ixus-50 digital-ixus-500 digital-ixus-55 digital-ixus-60 digital-ixus-65
    digital-ixus-70 digital-ixus-700 digital-ixus-75 digital-ixus-750 digital-ixus-80-is
    digital-ixus-800-is digital-ixus-85-is digital-ixus-850-is digital-ixus-860-is
    digital-ixus-90-is digital-ixus-900-ti digital-ixus-95-is digital-ixus-950-is
    digital-ixus-960-is digital-ixus-970-is digital-ixus-980-is digital-ixus-990-is
    digital-ixus-i digital-ixus-i5 digital-ixus-ii digital-ixus-iis digital-ixus-iz
    digital-ixus-v digital-ixus-v2 digital-ixus-v3 digital-ixus-wireless digital-rebel-xt
    digital-unknown-3 elura-50 elura-65 eos-1000d eos-100d eos-10d eos-1100d eos-1200d eos-1300d
    eos-1500d eos-1d-c eos-1d-mark-ii eos-1d-mark-iii eos-1d-mark-iv eos-1d-x eos-1d-x-mark-ii
    eos-1d-x-mark-iii eos-2000d eos-200d eos-20d eos-250d eos-300d eos-30d eos-350d eos-4000d
    eos-400d eos-40d eos-450d eos-500d eos-50d eos-550d eos-5d eos-5d-mark-ii eos-5d-mark-iii
    eos-5d-mark-iv eos-5ds eos-5ds-r eos-600d eos-60d eos-650d eos-6d eos-6d-mark-ii eos-700d
    eos-70d eos-750d eos-760d eos-77d eos-7d eos-7d-mark-ii eos-800d eos-80d eos-850d eos-90d
    eos-d30 eos-d60 eos-digital-rebel eos-digital-rebel-xti eos-kiss-digital eos-kiss-digital-n
    eos-kiss-digital-x eos-kiss-x2 eos-kiss-x3 eos-m eos-m10 eos-m100 eos-m2 eos-m200 eos-m3
    eos-m5 eos-m50 eos-m50m2 eos-m6 eos-m6-mark-ii eos-r eos-r1 eos-r10 eos-r100 eos-r3 eos-r5
    eos-r5-c eos-r50 eos-r50-v eos-r5m2 eos-r6 eos-r6-mark-iii eos-r6m2 eos-r7 eos-r8
    eos-rebel-t1i eos-rebel-t2i eos-rebel-t3 eos-rebel-t3i eos-rebel-t4i eos-rebel-t6
    eos-rebel-t7i eos-rebel-t8i eos-rebel-xsi eos-rp fv-m1 ixus-125-hs ixus-130 ixus-132
    ixus-160 ixus-165 ixus-180 ixus-185 ixus-255-hs ixus-300-hs ixus-310-hs ixy-220-is
    ixy-3000-is ixy-digital ixy-digital-300 ixy-digital-40 ixy-digital-430 ixy-digital-500
    ixy-digital-55 ixy-digital-600 ixy-digital-l2 ixy-dv-m ixy-dv-m2 mv630i mv650i mv750i
    mvx-10i mvx-3i mvx100i mvx150i mvx25i mvx2i optura-10 optura-20 optura-200-mc optura-300
    optura-40 optura-600 optura-xi powershot-350 powershot-a10 powershot-a100 powershot-a1000-is
    powershot-a1100-is powershot-a1300 powershot-a1400 powershot-a20 powershot-a200
    powershot-a2000-is powershot-a2100-is powershot-a2200 powershot-a2300 powershot-a2400-is
    powershot-a2500 powershot-a2600 powershot-a30 powershot-a300 powershot-a3000-is
    powershot-a310 powershot-a3100-is powershot-a3500-is powershot-a40 powershot-a400
    powershot-a4000-is powershot-a410 powershot-a420 powershot-a430 powershot-a450
    powershot-a460 powershot-a470 powershot-a480 powershot-a495 powershot-a5 powershot-a5-zoom
    powershot-a50 powershot-a510 powershot-a520 powershot-a530 powershot-a540 powershot-a550
    powershot-a560 powershot-a570-is powershot-a580 powershot-a590-is powershot-a60
    powershot-a610 powershot-a620 powershot-a630 powershot-a640 powershot-a650-is powershot-a70
    powershot-a700 powershot-a710-is powershot-a720-is powershot-a75 powershot-a80
    powershot-a800 powershot-a810 powershot-a85 powershot-a95 powershot-d10 powershot-elph-135
    powershot-elph-340-hs powershot-elph-350-hs powershot-g1 powershot-g1-x powershot-g10
    powershot-g11 powershot-g12 powershot-g15 powershot-g16 powershot-g2 powershot-g3
    powershot-g3-x powershot-g5 powershot-g5-x powershot-g6 powershot-g7 powershot-g7-x
    powershot-g7-x-mark-ii powershot-g7-x-mark-iii powershot-g9 powershot-g9-x-mark-ii
    powershot-ixy-digital-l powershot-pro70 powershot-pro90-is powershot-s1-is powershot-s10
    powershot-s100 powershot-s110 powershot-s120 powershot-s2-is powershot-s20 powershot-s200
    powershot-s230 powershot-s3-is powershot-s30 powershot-s300 powershot-s330 powershot-s40
    powershot-s400 powershot-s410-digital-elph powershot-s45 powershot-s5-is powershot-s50
    powershot-s500-digital-elph powershot-s60 powershot-s70 powershot-s80 powershot-s95
    powershot-sd10-digital-elph powershot-sd100 powershot-sd1000 powershot-sd110-digital-elph
    powershot-sd1100-is powershot-sd1200-is powershot-sd1300-is powershot-sd20 powershot-sd200
    powershot-sd40 powershot-sd400 powershot-sd430 powershot-sd450 powershot-sd500
    powershot-sd600 powershot-sd630 powershot-sd700-is powershot-sd750 powershot-sd770-is
    powershot-sd780-is powershot-sd790-is powershot-sd850-is powershot-sd880-is powershot-sd900
    powershot-sd940-is powershot-sd970-is powershot-sd990-is powershot-sx10-is
    powershot-sx100-is powershot-sx110-is powershot-sx120-is powershot-sx130-is
    powershot-sx150-is powershot-sx160-is powershot-sx170-is powershot-sx20-is
    powershot-sx200-is powershot-sx210-is powershot-sx220-hs powershot-sx230-hs
    powershot-sx240-hs powershot-sx260-hs powershot-sx280-hs powershot-sx40-hs
    powershot-sx500-is powershot-sx510-hs powershot-sx520-hs powershot-sx530-hs
    powershot-sx540-hs powershot-sx60-hs powershot-sx600-hs powershot-sx620-hs powershot-sx70-hs
    powershot-sx720-hs powershot-sx730-hs powershot-sx740-hs powershot-unknown-1
    powershot-unknown-2 zr70mc
""".split()
"""The bodies that have a name here."""
OPERATIONS = """
    AdapterTransferProgress AfCancel AskAboutPcEvf BulbEnd BulbStart CHDK CancelTransfer
    CancelTransferDT CancelTransferFTP ChangePhotoStudioMode ChangeUSBProtocol
    ChangeWFTSettingNumber CheckEvent ClearCCAPIUsageCount ClickWB CloseSession
    CompleteAutoSendImages CopyObject CreateHandle CreateHandle64 DVGetTemplateXML DVGetWavInfo
    DVOverwriteContentsXML DeleteObject DeletePairingInfo DeleteRootCertificateData
    DeleteWFTSettingNumber DeleteWebServiceData DepthOfFieldPreview DoAeAfAwb DoAf DriveFocus
    DriveFocusToEdge DriveLens DrivePowerZoom EdgeFocusPosition EndGetPartialObjectEx
    EndSendPartialObjectEx EnumHandles EosDeleteObject EosFormatStore EosGetObject
    EosGetObjectInfo EosGetPartialObjectEx EosGetStorageIds EosGetStorageInfo EosKeepDeviceOn
    EosSendPartialObject EosSetObjectTime FAPIMessageRX FAPIMessageTX FocusLock FocusUnlock
    FormatImageRecoveryData FormatStore GetAEData GetAncillaryObjectHandles
    GetCAssistPresetThumb GetCTGInfo GetCameraSupport GetCaptureStatus GetChanges
    GetCustomizeData GetCustomizeItemInfo GetCustomizeSpec GetDebugLog GetDebugLogEx
    GetDeviceInfo GetDeviceInfoEx GetDevicePropDesc GetDevicePropValue GetDirectory GetEvent
    GetFilesystemManifest GetGpsLogCurrentHandle GetGpsMobilelinkObjectInfo GetImageRecoveryList
    GetImageRecoveryListEx GetIptcData GetLensAdjust GetLensSerialNumHistory
    GetLocalReleaseParam GetMACAddress GetNumObjects GetObject GetObject64 GetObjectAttributes
    GetObjectHandleByName GetObjectHandles GetObjectInfo GetObjectInfo64 GetObjectInfoEx
    GetObjectInfoEx64 GetObjectPropDesc GetObjectPropList GetObjectPropsSupported GetObjectSize
    GetObjectTime GetObjectURL GetPairingInfo GetPartialObject GetPartialObject64
    GetPartialObjectEX64 GetPartialObjectEx GetPartialObjectInfo GetPictureStylePCFlavorParam
    GetPresetLensAdjustParam GetRawDispImage GetReducedObject GetRemoteErrLogMode GetRemoteMode
    GetResizedImageObject GetRootCertificateData GetRootCertificateSpec GetStorageIDs
    GetStorageInfo GetStream GetStreamInfo GetThumb GetThumbEx GetTranscodeApproxSize
    GetTranscodedBlock GetTreeInfo GetTreeSize GetVendorDeviceInfo GetVendorExtensionMaps
    GetViewfinderData GetViewfinderImage GetWFTData GetWebServiceData GetWebServiceSpec
    GetWftProfile GetWirelessMAXChannel GpsLoggingDataMode InitiateCapture
    InitiateCaptureInMemory InitiateDirectTransfer InitiateDirectTransferEx InitiateOpenCapture
    InitiateReleaseControl InitiateViewfinder KeepDeviceOn LockDeviceUI MoveObject
    MovieSelectSwOff MovieSelectSwOn NotifyAutoTransferStatus NotifyBtStatus
    NotifyCancelAccepted NotifyEstimateNumberofImport NotifyFinish NotifyNetworkError
    NotifyNumberofImported NotifyProgress NotifySaveComplete NotifySizeOfPartialDataTransfer
    OpenSession PairingComplete PcHddCapacity PopupBuiltinFlash PowerDown ReadyToSendMusic
    RegistBackgroundImage RemoteRelease RemoteReleaseOff RemoteReleaseOn RequestBLE
    RequestDevicePropValue RequestInnerDevelopEnd RequestInnerDevelopParamChange
    RequestInnerDevelopStart RequestSensorCleaning RequestTranscodeCancel RequestTranscodeStart
    ResetDevice ResetDevicePropValue ResetMirrorLockupState ResetTransfer ResetUiLock
    SaveImageRecoveryData SelfTest SendGpsTagInfo SendHostInfo SendObject SendObjectByPath
    SendObjectInfo SendObjectInfoByPath SendPartialObject SendPartialObjectEx
    SendWifiDetailSetting SendWifiSetting SetAdapterBatteryReport SetCAssistMode SetCTGInfo
    SetCustomizeData SetDefaultCameraSetting SetDevicePropValue SetDevicePropValueEx
    SetDisplayMonitor SetEventMode SetFELock SetImageRecoveryData SetImageRecoveryDataEx
    SetIptcData SetLensAdjust SetLiveAfFrame SetLocalReleaseParam SetLvPcFlavoreditMode
    SetLvPcFlavoreditParam SetManipulationToggleImageSide SetMetaProperty SetModeDialDisable
    SetNullPacketMode SetObjectArchive SetObjectAttributes SetObjectPropValue
    SetObjectProtection SetObjectTime SetPairingInfo SetPictureStylePCFlavorParam
    SetProfileToWft SetRating SetRemoteErrLogMode SetRemoteMode SetRemoteShootingMode
    SetRequestOlcInfoGroup SetRequestRollingPitchingLevel SetRootCertificateData
    SetTouchAfPosition SetUiLock SetWFTData SetWebServiceData SetWftProfile StartEnumHandles
    StopEnumHandles TerminateDirectTransfer TerminateOpenCapture TerminatePlaybackMode
    TerminateReleaseControl TerminateViewfinder TransferComplete TransferCompleteDT
    TransferCompleteFTP TransferCompleteTranscodedBlock UnlockDeviceUI UpdateFirmware
    ViewfinderOff ViewfinderOn Zoom ZoomPosition
""".split()
"""The operations of PTP that have a name."""
CARDS = [
    (
        """
            MISC/ DCIM/ DCIM/100CANON/ DCIM/100CANON/IMG_0001.JPG DCIM/100CANON/IMG_0002.JPG
            DCIM/100CANON/IMG_0003.JPG DCIM/100CANON/IMG_0004.JPG DCIM/100CANON/IMG_0005.JPG
            DCIM/100CANON/IMG_0006.JPG DCIM/100CANON/SND_0002.WAV
        """.split(),
        """
            digital-ixus digital-unknown-3 elura-50 fv-m1 ixus-132 ixus-160 ixus-165 ixus-180
            ixus-185 ixus-255-hs ixy-digital ixy-digital-55 ixy-digital-600 mv630i mv650i
            mvx-10i mvx-3i mvx100i mvx150i mvx25i mvx2i optura-10 optura-20 optura-200-mc
            optura-300 optura-40 optura-xi powershot-a1400 powershot-a2500 powershot-a2600
            powershot-a3500-is powershot-a5 powershot-a5-zoom powershot-a50 powershot-elph-135
            powershot-elph-340-hs powershot-elph-350-hs powershot-g16 powershot-g3
            powershot-pro70 powershot-s10 powershot-s100 powershot-s120 powershot-s20
            powershot-sd400 powershot-sx170-is powershot-sx280-hs powershot-sx510-hs
            powershot-sx520-hs powershot-sx530-hs powershot-sx60-hs powershot-sx600-hs
            powershot-sx720-hs zr70mc
        """.split(),
    ),
    (
        """
            MISC/ DCIM/ DCIM/100CANON/ DCIM/100CANON/IMG_0001.JPG DCIM/100CANON/IMG_0002.JPG
            DCIM/100CANON/IMG_0003.JPG DCIM/100CANON/IMG_0004.JPG DCIM/100CANON/IMG_0005.JPG
            DCIM/100CANON/IMG_0006.JPG DCIM/100CANON/SND_0002.WAV DCIM/100CANON/MVI_0008.AVI
            DCIM/100CANON/MVI_0008.THM
        """.split(),
        """
            digital-ixus-100-is digital-ixus-110-is digital-ixus-120-is digital-ixus-30
            digital-ixus-300 digital-ixus-330 digital-ixus-40 digital-ixus-400 digital-ixus-430
            digital-ixus-50 digital-ixus-500 digital-ixus-55 digital-ixus-60 digital-ixus-65
            digital-ixus-70 digital-ixus-700 digital-ixus-75 digital-ixus-750 digital-ixus-80-is
            digital-ixus-800-is digital-ixus-85-is digital-ixus-850-is digital-ixus-860-is
            digital-ixus-90-is digital-ixus-900-ti digital-ixus-95-is digital-ixus-950-is
            digital-ixus-960-is digital-ixus-970-is digital-ixus-980-is digital-ixus-990-is
            digital-ixus-i digital-ixus-i5 digital-ixus-ii digital-ixus-iis digital-ixus-iz
            digital-ixus-v digital-ixus-v2 digital-ixus-v3 digital-ixus-wireless ixus-125-hs
            ixus-130 ixus-300-hs ixus-310-hs ixy-220-is ixy-3000-is ixy-digital-300
            ixy-digital-40 ixy-digital-430 ixy-digital-500 ixy-digital-l2 ixy-dv-m ixy-dv-m2
            powershot-a10 powershot-a100 powershot-a1000-is powershot-a1100-is powershot-a1300
            powershot-a20 powershot-a200 powershot-a2000-is powershot-a2100-is powershot-a2200
            powershot-a2300 powershot-a2400-is powershot-a30 powershot-a300 powershot-a3000-is
            powershot-a310 powershot-a3100-is powershot-a40 powershot-a400 powershot-a4000-is
            powershot-a410 powershot-a420 powershot-a430 powershot-a450 powershot-a460
            powershot-a470 powershot-a480 powershot-a495 powershot-a510 powershot-a520
            powershot-a530 powershot-a540 powershot-a550 powershot-a560 powershot-a570-is
            powershot-a580 powershot-a590-is powershot-a60 powershot-a610 powershot-a620
            powershot-a630 powershot-a640 powershot-a650-is powershot-a70 powershot-a700
            powershot-a710-is powershot-a720-is powershot-a75 powershot-a80 powershot-a800
            powershot-a810 powershot-a85 powershot-a95 powershot-d10 powershot-g1-x
            powershot-g11 powershot-g12 powershot-g15 powershot-g7 powershot-g9
            powershot-ixy-digital-l powershot-s1-is powershot-s110 powershot-s2-is
            powershot-s200 powershot-s230 powershot-s3-is powershot-s300 powershot-s330
            powershot-s400 powershot-s410-digital-elph powershot-s5-is powershot-s50
            powershot-s500-digital-elph powershot-s80 powershot-s95 powershot-sd10-digital-elph
            powershot-sd100 powershot-sd1000 powershot-sd110-digital-elph powershot-sd1100-is
            powershot-sd1200-is powershot-sd1300-is powershot-sd20 powershot-sd200
            powershot-sd40 powershot-sd430 powershot-sd450 powershot-sd500 powershot-sd600
            powershot-sd630 powershot-sd700-is powershot-sd750 powershot-sd770-is
            powershot-sd780-is powershot-sd790-is powershot-sd850-is powershot-sd880-is
            powershot-sd900 powershot-sd940-is powershot-sd970-is powershot-sd990-is
            powershot-sx10-is powershot-sx100-is powershot-sx120-is powershot-sx130-is
            powershot-sx150-is powershot-sx160-is powershot-sx20-is powershot-sx200-is
            powershot-sx210-is powershot-sx220-hs powershot-sx230-hs powershot-sx240-hs
            powershot-sx260-hs powershot-sx40-hs powershot-sx500-is powershot-unknown-1
            powershot-unknown-2
        """.split(),
    ),
    (
        """
            MISC/ DCIM/ DCIM/100CANON/ DCIM/100CANON/IMG_0001.JPG DCIM/100CANON/IMG_0002.JPG
            DCIM/100CANON/IMG_0003.JPG DCIM/100CANON/IMG_0004.JPG DCIM/100CANON/IMG_0005.JPG
            DCIM/100CANON/IMG_0006.JPG DCIM/100CANON/SND_0002.WAV DCIM/100CANON/IMG_0007.CR2
        """.split(),
        """
            digital-rebel-xt eos-1000d eos-100d eos-1100d eos-1200d eos-1300d eos-1500d eos-1d-c
            eos-1d-mark-iii eos-1d-mark-iv eos-1d-x eos-1d-x-mark-ii eos-2000d eos-200d eos-20d
            eos-30d eos-350d eos-4000d eos-400d eos-40d eos-450d eos-500d eos-50d eos-550d
            eos-5d eos-5d-mark-ii eos-5d-mark-iii eos-5d-mark-iv eos-5ds eos-5ds-r eos-600d
            eos-60d eos-650d eos-6d eos-6d-mark-ii eos-700d eos-70d eos-750d eos-760d eos-77d
            eos-7d eos-7d-mark-ii eos-800d eos-80d eos-digital-rebel-xti eos-kiss-digital-n
            eos-kiss-digital-x eos-kiss-x2 eos-kiss-x3 eos-m eos-m10 eos-m100 eos-m2 eos-m3
            eos-m5 eos-m6 eos-rebel-t1i eos-rebel-t2i eos-rebel-t3 eos-rebel-t3i eos-rebel-t4i
            eos-rebel-t6 eos-rebel-t7i eos-rebel-xsi powershot-g5-x powershot-g7-x-mark-ii
            powershot-g9-x-mark-ii
        """.split(),
    ),
    (
        """
            MISC/ DCIM/ DCIM/100CANON/ DCIM/100CANON/IMG_0001.JPG DCIM/100CANON/IMG_0002.JPG
            DCIM/100CANON/IMG_0003.JPG DCIM/100CANON/IMG_0004.JPG DCIM/100CANON/IMG_0005.JPG
            DCIM/100CANON/IMG_0006.JPG DCIM/100CANON/SND_0002.WAV DCIM/100CANON/IMG_0007.CRW
            DCIM/100CANON/IMG_0007.THM
        """.split(),
        """
            eos-10d eos-300d eos-d30 eos-d60 eos-digital-rebel eos-kiss-digital
        """.split(),
    ),
    (
        """
            MISC/ DCIM/ DCIM/100CANON/ DCIM/100CANON/IMG_0001.JPG DCIM/100CANON/IMG_0002.JPG
            DCIM/100CANON/IMG_0003.JPG DCIM/100CANON/IMG_0004.JPG DCIM/100CANON/IMG_0005.JPG
            DCIM/100CANON/IMG_0006.JPG DCIM/100CANON/SND_0002.WAV DCIM/100CANON/IMG_0007.CR3
        """.split(),
        """
            eos-1d-x-mark-iii eos-250d eos-850d eos-90d eos-m200 eos-m50 eos-m50m2
            eos-m6-mark-ii eos-r eos-r1 eos-r10 eos-r100 eos-r3 eos-r5 eos-r5-c eos-r50
            eos-r50-v eos-r5m2 eos-r6 eos-r6-mark-iii eos-r6m2 eos-r7 eos-r8 eos-rebel-t8i
            eos-rp powershot-g7-x-mark-iii powershot-sx70-hs powershot-sx740-hs
        """.split(),
    ),
    (
        """
            DC97/ DC97/CTG_0000/ DC97/CTG_0000/THM_0021.JPG DC97/CTG_0000/AUT_0021.JPG
            DC97/CTG_0000/THM_0022.JPG DC97/CTG_0000/AUT_0022.JPG DC97/CTG_0000/THM_0023.JPG
            DC97/CTG_0000/AUT_0023.JPG DC97/CTG_0000/THM_0024.JPG DC97/CTG_0000/AUT_0024.JPG
        """.split(),
        """
            powershot-350
        """.split(),
    ),
    (
        """
            MISC/ DCIM/ DCIM/100CANON/ DCIM/100CANON/IMG_0001.JPG DCIM/100CANON/IMG_0002.JPG
            DCIM/100CANON/IMG_0003.JPG DCIM/100CANON/IMG_0004.JPG DCIM/100CANON/IMG_0005.JPG
            DCIM/100CANON/IMG_0006.JPG DCIM/100CANON/SND_0002.WAV DCIM/100CANON/IMG_0007.CRW
            DCIM/100CANON/IMG_0007.THM DCIM/100CANON/MVI_0008.AVI DCIM/100CANON/MVI_0008.THM
        """.split(),
        """
            powershot-g1 powershot-g2 powershot-g5 powershot-g6 powershot-pro90-is powershot-s30
            powershot-s40 powershot-s45 powershot-s60 powershot-s70
        """.split(),
    ),
]
"""What is on the fresh cards of virtual bodies, and which bodies have it."""
