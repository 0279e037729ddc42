; The installer of the Windows folder: for one user, without an administrator. Takes away just what it put.
; Given: VERSION, TITLE, OUT, and WORK with put.nsh (every file) and taken.nsh (the same, to delete).
Unicode true
Target amd64-unicode
ManifestSupportedOS all
RequestExecutionLevel user
SetCompressor /SOLID lzma
SetCompressorDictSize 32
SetDateSave off
Name "${TITLE}"
OutFile "${OUT}"
InstallDir "$LOCALAPPDATA\Programs\Scorebook"
InstallDirRegKey HKCU "Software\Scorebook" "Folder"
LoadLanguageFile "${NSISDIR}/Contrib/Language files/SimpChinese.nlf"
VIProductVersion "${VERSION}.0"
VIAddVersionKey /LANG=2052 "ProductName" "${TITLE}"
VIAddVersionKey /LANG=2052 "FileDescription" "${TITLE}"
VIAddVersionKey /LANG=2052 "FileVersion" "${VERSION}"
VIAddVersionKey /LANG=2052 "LegalCopyright" ""
!define LISTED "Software\Microsoft\Windows\CurrentVersion\Uninstall\Scorebook"
!define RUN '"$INSTDIR\python\python.exe" -X utf8 -m addin.packaging.windows.desk'

Page directory
Page instfiles
UninstPage uninstConfirm
UninstPage instfiles

Section
  !include "${WORK}/put.nsh"
  SetOutPath "$INSTDIR"
  WriteUninstaller "$INSTDIR\uninstall.exe"
  CreateDirectory "$SMPROGRAMS\${TITLE}"
  IfFileExists "$INSTDIR\${TITLE}.html" 0 +2
  CreateShortcut "$SMPROGRAMS\${TITLE}\${TITLE}.lnk" "$INSTDIR\${TITLE}.html"
  IfFileExists "$INSTDIR\${TITLE}使用手册.docx" 0 +2
  CreateShortcut "$SMPROGRAMS\${TITLE}\使用手册.lnk" "$INSTDIR\${TITLE}使用手册.docx"
  CreateShortcut "$SMPROGRAMS\${TITLE}\卸载.lnk" "$INSTDIR\uninstall.exe"
  WriteRegStr HKCU "Software\Scorebook" "Folder" "$INSTDIR"
  WriteRegStr HKCU "${LISTED}" "DisplayName" "${TITLE} ${VERSION}"
  WriteRegStr HKCU "${LISTED}" "DisplayVersion" "${VERSION}"
  WriteRegStr HKCU "${LISTED}" "UninstallString" '"$INSTDIR\uninstall.exe"'
  WriteRegStr HKCU "${LISTED}" "InstallLocation" "$INSTDIR"
  WriteRegDWORD HKCU "${LISTED}" "NoModify" 1
  WriteRegDWORD HKCU "${LISTED}" "NoRepair" 1
  nsExec::ExecToLog '${RUN} install'
  Pop $0
SectionEnd

Section "Uninstall"
  nsExec::ExecToLog '${RUN} uninstall'
  Pop $0
  SetOutPath "$TEMP"
  !include "${WORK}/taken.nsh"
  Delete "$INSTDIR\uninstall.exe"
  Delete "$SMPROGRAMS\${TITLE}\${TITLE}.lnk"
  Delete "$SMPROGRAMS\${TITLE}\使用手册.lnk"
  Delete "$SMPROGRAMS\${TITLE}\卸载.lnk"
  RMDir "$SMPROGRAMS\${TITLE}"
  RMDir "$INSTDIR"
  DeleteRegKey HKCU "${LISTED}"
  DeleteRegKey HKCU "Software\Scorebook"
SectionEnd
