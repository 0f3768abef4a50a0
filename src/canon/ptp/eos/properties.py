"""The properties of an EOS by Canon's names, beside those that have a row of their own (section 5).

A property that stands nowhere is told by its number.
"""

from __future__ import annotations

NUMBERS = """
    d055 power_zoom_position, d056 strobe_setting_simple, d058 connect_trigger, d10d
    white_balance_xa, d10e white_balance_xb, d113 camera_time, d124 refocus_state, d126
    strobo_exp_composition_control, d128 lens_barrel_status, d129 silent_shutter_setting, d12c
    lv_af_eye_detect, d130 compression_s, d131 compression_m1, d132 compression_m2, d133
    compression_l, d135 interval_shoot_state, d136 push_mode, d137 lv_c_filter_kind, d13a
    mirror_up_setting, d13b highlight_tone_priority, d13c af_select_focus_area, d149
    power_zoom_speed, d14a network_server_region, d14b gps_log_ctrl, d14c gps_log_list_num, d166
    movie_av_mode_fine, d174 movie_record_volume_line, d175 network_communication_mode, d176
    canon_log_gamma, d17b attenuator, d17c utc_time, d195 movie_sound_record, d196
    movie_record_volume, d197 wind_cut, d198 extender_type, d199 olc_info_version, d19f
    gps_device_active, d1a3 wft_status, d1ae photo_studio_mode, d1b0 evf_output_device, d1b1
    evf_mode, d1b3 evf_sharpness, d1b4 evf_wb_mode, d1b6 evf_color_temp, d1b7 exposure_sim_mode,
    d1b8 evf_record_status, d1bb mov_size, d1bc lv_view_type_select, d1bd mirror_down_status,
    d1bf mirror_lockup_state, d1c0 flash_charging_state, d1c4 error_for_display, d1c5
    ae_mode_movie, d1c6 builtin_strobo_mode, d1c7 strobo_disp_state, d1c8 strobo_ettl2_metering,
    d1d5 brightness, d1dc strobo_firing, d1df ca_dark_bright, d209 movie_self_timer, d20b
    clarity, d20c hdr_pq, d20e hdr_view_assist_mode_rec, d215 variable_movie_rec_setting, d218
    movie_spatial_oversampling, d219 movie_crop_mode, d21a shutter_type
"""
"""Those that are numbers in four bytes."""
SIGNED = """
    d10b white_balance_adjust_a, d10c white_balance_adjust_b
"""
"""Numbers with a sign."""
TOLD_NUMBERS = """
    d112 battery_select, d116 model_id, d119 ptp_extension_version, d11a dpof_version, d11e
    current_storage, d11f current_folder, d1a8 lens_status, d1aa card_extension, d1ab
    temp_status, d1ac shutter_counter, d1d4 depth_of_field, d1dd lens_id
"""
"""Numbers that a body only tells."""
BYTES = """
    d059 change_camera_mode, d127 connect_status, d12d auto_trans_mobile, d12e
    url_support_format, d12f special_acc, d134 interval_shoot_setting, d139 ae_mode_custom, d13d
    hdr_setting, d13e time_shoot_setting, d13f nfc_application_info, d140 pc_white_balance_1,
    d141 pc_white_balance_2, d142 pc_white_balance_3, d143 pc_white_balance_4, d144
    pc_white_balance_5, d145 m_white_balance, d146 m_white_balance_ex, d168
    available_image_size, d169 error_history, d16a lens_exchange_history, d16b
    strobo_exchange_history, d170 picture_style_param_1, d171 picture_style_param_2, d172
    picture_style_param_3, d177 smartphone_show_image_config, d17a continuous_af_valid, d17d
    timezone, d17f flavor_lut_params, d180 custom_func_1, d181 custom_func_2, d182
    custom_func_3, d183 custom_func_4, d184 custom_func_5, d185 custom_func_6, d186
    custom_func_7, d187 custom_func_8, d188 custom_func_9, d189 custom_func_10, d18a
    custom_func_11, d18b custom_func_12, d18c custom_func_13, d18d custom_func_14, d18e
    custom_func_15, d18f custom_func_16, d190 custom_func_17, d191 custom_func_18, d192
    custom_func_19, d193 inner_develop, d1a0 custom_func_ex, d1a4 wft_input_transmission, d1ad
    special_option, d1b5 evf_click_wb_coeffs, d1be movie_param, d1ca movie_param_2, d1cb
    strobo_exp_composition, d1cc movie_param_3, d1cd movie_param_4, d1cf lv_medical_rotate, d1d2
    bracket_value, d1d6 lens_adjust_params, d1da strobo_setting, d1db strobo_wireless_setting,
    d1de lcd_brightness, d201 c_assist_preset, d202 c_assist_brightness, d203 c_assist_contrast,
    d204 c_assist_saturation, d205 c_assist_color_ba, d206 c_assist_color_mg, d207
    c_assist_monochrome, d208 focus_shift_setting, d20d movie_param_5, d214
    prop_finder_af_frame, d216 prop_auto_rotate, d217 mf_peaking_setting, d21b
    wft_battery_power, d21c battery_info_ex
"""
"""Structures, and those whose type nobody has told."""
TOLD_BYTES = """
    d167 shutter_release_counter, d1a1 my_menu, d1a2 my_menu_list, d1a5 hd_directory_structure,
    d1a6 battery_info, d1a7 adapter_info, d1d3 focus_info_ex, d1d7 ef_comp
"""
"""Structures that a body only tells."""


def named(text: str) -> dict[int, str]:
    """The names by number."""
    pairs = (pair.split() for pair in text.split(","))
    return {int(code, 16): name for code, name in pairs}
