# The Debian package: `cpack -G DEB` in a build folder packs what was built there, stripped. Its files are the install rules of this project.
set(DRIFTD_PACKAGE ${CMAKE_BINARY_DIR}/package)
# Completions, manual pages and schemas are asked of the program itself, when it is installed.
install(CODE "execute_process(COMMAND sh ${CMAKE_SOURCE_DIR}/deploy/debian/generate.sh $<TARGET_FILE:driftd> ${DRIFTD_PACKAGE} ${PROJECT_VERSION}
                              COMMAND_ERROR_IS_FATAL ANY)")
install(TARGETS driftd RUNTIME DESTINATION bin)
install(DIRECTORY ${DRIFTD_PACKAGE}/share/ DESTINATION share)
install(FILES NOTICE README.md DESTINATION share/doc/driftd)
install(FILES deploy/debian/copyright DESTINATION share/doc/driftd)
if(NOT RDKAFKA_FOUND)
  install(FILES ${RDKAFKA_PREFIX}/share/licenses/librdkafka/LICENSES.txt DESTINATION share/doc/driftd RENAME librdkafka-notices.txt)
endif()
install(DIRECTORY grafana/dashboards DESTINATION share/driftd)
install(FILES deploy/prometheus/driftd.rules.yaml DESTINATION share/driftd/rules)
install(FILES config/examples/minimal.yaml config/examples/full.yaml config/examples/alerts.yaml config/examples/test.yaml
              deploy/prometheus/prometheus.yaml deploy/alertmanager/alertmanager.yaml DESTINATION share/driftd/examples)
install(DIRECTORY deploy/demo/census-employment DESTINATION share/driftd/demo)
install(DIRECTORY deploy/runbooks DESTINATION share/doc/driftd)
install(FILES deploy/systemd/driftd.service DESTINATION /lib/systemd/system)
install(FILES deploy/debian/driftd.yaml DESTINATION /etc/driftd)
install(FILES deploy/debian/default RENAME driftd DESTINATION /etc/default)
install(FILES deploy/debian/lintian-overrides RENAME driftd DESTINATION share/lintian/overrides)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME driftd)
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_DEBIAN_PACKAGE_MAINTAINER "driftd developers <driftd@users.noreply.example>")
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY ${PROJECT_DESCRIPTION})
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION
    "driftd reads the records of a model from Kafka, compares every column with a
frozen reference window by window, and says when and why they drift: to
Prometheus, to a Kafka topic, to Alertmanager and to webhooks, and on a page
of its own. The package holds the daemon, its systemd unit, dashboards for
Grafana and rules for Prometheus.")
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
# What shlibdeps cannot see: certificates of authorities, and the mechanisms of a login to Kafka.
set(CPACK_DEBIAN_PACKAGE_DEPENDS "ca-certificates, libsasl2-modules, init-system-helpers (>= 1.54~)")
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "prometheus, prometheus-alertmanager")
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA
    ${CMAKE_SOURCE_DIR}/deploy/debian/conffiles ${CMAKE_SOURCE_DIR}/deploy/debian/postinst ${CMAKE_SOURCE_DIR}/deploy/debian/prerm
    ${CMAKE_SOURCE_DIR}/deploy/debian/postrm)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)
include(CPack)
