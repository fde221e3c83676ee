noinst_LIBRARIES += libp-ui.a
libp_ui_a_SOURCES =
