@echo off
title xxgk
set "PATH=%~dp0;%PATH%"
rem The desk of the folder that was dropped on this file, else of xxgk-rounds beside the program's own folder.
if "%~1"=="" ("%~dp0python\python.exe" -m xxgk open "%~dp0..\xxgk-rounds") else ("%~dp0python\python.exe" -m xxgk open "%~1")
if errorlevel 1 pause
