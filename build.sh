#!/usr/bin/env bash
# ./build.sh demo|test|bench|e2e|validation   Installs what the task needs, builds Release, runs the task. Quiet and quick when nothing is missing.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
# shellcheck source=build/tasks.sh
source build/tasks.sh

case "${1:-}" in
  demo)
    install_packages mricron-data libopenjp2-7 libcharls2
    build_cli
    exec "$INPAINT" demo "${@:2}"
    ;;
  test)
    install_packages libopenjp2-7 libcharls2 dcmtk libgdcm-tools dicom3tools dcm2niix mricron-data python3-nibabel python3-skimage python3-pydicom chromium
    build_solution
    install_browser_driver
    run_tests "${@:2}"
    ;;
  bench)
    install_packages libopenjp2-7 libcharls2 dcmtk orthanc dcm2niix python3-nibabel python3-numpy python3-torch libopenblas0-pthread
    build_solution
    run_benchmarks "${@:2}"
    ;;
  e2e)
    install_packages libopenjp2-7 libcharls2 dcmtk libgdcm-tools dicom3tools dcm2niix mricron-data orthanc orthanc-dicomweb postgresql openssl faketime strace
    build_solution
    run_tests EndToEnd
    ;;
  validation)
    install_packages libopenjp2-7 libcharls2 python3
    build_cli
    validate_shipped_methods "${@:2}"
    ;;
  *)
    echo "usage: ./build.sh demo|test|bench|e2e|validation" >&2
    exit 2
    ;;
esac
